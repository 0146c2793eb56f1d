package dev.membound.model.table;

import java.util.List;
import java.util.stream.Collectors;

/**
 * A table as CSV (RFC 4180): full precision, unit in the header, empty where there is no value.
 * Text that a spreadsheet would run as a formula is defused with a leading apostrophe.
 */
public final class CsvTable {
  private static final String LINE_END = "\r\n";

  private CsvTable() {}

  /** The header line and one line a row. */
  public static String render(DataTable table) {
    StringBuilder csv = new StringBuilder();
    csv.append(
            table.columns().stream()
                .map(column -> field(column.rawName()))
                .collect(Collectors.joining(",")))
        .append(LINE_END);
    for (List<Object> row : table.rows()) {
      csv.append(row.stream().map(CsvTable::field).collect(Collectors.joining(",")))
          .append(LINE_END);
    }
    return csv.toString();
  }

  private static String field(Object cell) {
    if (cell == null) {
      return "";
    }
    if (cell instanceof Number) {
      return cell.toString();
    }
    String text = cell.toString();
    if (!text.isEmpty() && "=+-@\t\r".indexOf(text.charAt(0)) >= 0) {
      text = "'" + text;
    }
    return text.matches("(?s).*[\",\r\n].*") ? '"' + text.replace("\"", "\"\"") + '"' : text;
  }
}
