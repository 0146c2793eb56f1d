package dev.membound.model.table;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * A table as data: HTML, terminal text and CSV are three views of it.
 *
 * @param caption what the rows are
 * @param rows one value a column: text for a text column, else a {@link Number}; null where there
 *     is none
 */
public record DataTable(String caption, List<Column> columns, List<List<Object>> rows) {

  /**
   * @throws IllegalArgumentException if a row has not exactly one cell a column, or a numeric
   *     column holds something else
   */
  public DataTable {
    for (List<Object> row : rows) {
      if (row.size() != columns.size()) {
        throw new IllegalArgumentException(
            caption + ": a row has " + row.size() + " cells for " + columns.size() + " columns");
      }
      for (int c = 0; c < row.size(); c++) {
        Object cell = row.get(c);
        if (cell != null && columns.get(c).format().numeric() && !(cell instanceof Number)) {
          throw new IllegalArgumentException(
              caption + ": column " + columns.get(c).name() + " takes numbers, not " + cell);
        }
      }
    }
    columns = List.copyOf(columns);
    rows = List.copyOf(rows);
  }

  /** One row; cells may be null. */
  public static List<Object> row(Object... cells) {
    return Collections.unmodifiableList(Arrays.asList(cells));
  }

  /** A cell as people read it. */
  public String display(int row, int column) {
    return columns.get(column).format().display(rows.get(row).get(column));
  }
}
