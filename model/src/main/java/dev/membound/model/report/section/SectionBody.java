package dev.membound.model.report.section;

import dev.membound.model.table.DataTable;
import java.util.List;

/**
 * What a section says, from top to bottom.
 *
 * @param notes sentences computed from the run
 * @param openTables tables that need no picture and are always shown
 * @param figures pictures with the tables behind them
 * @param missing what the run folder does not hold and how to get it; shown as such
 */
public record SectionBody(
    List<String> notes, List<DataTable> openTables, List<Figure> figures, List<String> missing) {

  static SectionBody of(List<Figure> figures) {
    return new SectionBody(List.of(), List.of(), figures, List.of());
  }

  static SectionBody missing(String what) {
    return new SectionBody(List.of(), List.of(), List.of(), List.of(what));
  }
}
