package dev.membound.model.study;

import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.List;

/**
 * What a study found.
 *
 * @param tables the numbers
 * @param figures pictures of them
 * @param claims one by one, never empty
 */
public record StudyResult(List<DataTable> tables, List<StudyFigure> figures, List<Claim> claims) {

  public StudyResult {
    tables = List.copyOf(tables);
    figures = List.copyOf(figures);
    claims = List.copyOf(claims);
    if (claims.isEmpty()) {
      throw new IllegalArgumentException("a study without a claim");
    }
  }

  /** The claims as a table. */
  public DataTable claimTable() {
    return new DataTable(
        "Claims",
        List.of(
            Column.text("claim"),
            Column.text("source"),
            Column.text("published"),
            Column.text("here"),
            Column.text("verdict"),
            Column.text("because")),
        claims.stream()
            .map(
                c ->
                    DataTable.row(
                        c.statement(),
                        c.source(),
                        c.published(),
                        c.computed(),
                        c.verdict().label(),
                        c.because()))
            .toList());
  }
}
