package dev.membound.model.table;

import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;

/**
 * A table as aligned terminal text: header, rule, one line a row where it is not too wide, no
 * trailing blanks.
 */
public final class TextTable {
  private static final String GAP = "  ";
  private static final int NARROWEST_TEXT = 8;

  private TextTable() {}

  /**
   * The lines of a table. Where it is wider than {@code maxWidth}, the cells of its widest text
   * columns go on in further lines; nothing is cut, and numbers never break.
   *
   * @param maxWidth columns of the terminal
   */
  public static List<String> lines(DataTable table, int maxWidth, Glyphs glyphs) {
    return lines(table, maxWidth, glyphs, TextWrap::lines);
  }

  /**
   * As {@link #lines}, a line for each row: what is too long is cut, and marked so. For lists that
   * are looked through and have each row in full elsewhere.
   */
  public static List<String> listing(DataTable table, int maxWidth, Glyphs glyphs) {
    return lines(table, maxWidth, glyphs, (text, width) -> List.of(glyphs.cut(text, width)));
  }

  private static List<String> lines(
      DataTable table, int maxWidth, Glyphs glyphs, BiFunction<String, Integer, List<String>> fit) {
    int columns = table.columns().size();
    List<List<String>> cells = new ArrayList<>();
    List<String> header = new ArrayList<>();
    for (Column column : table.columns()) {
      header.add(glyphs.safe(column.displayName()));
    }
    cells.add(header);
    for (int r = 0; r < table.rows().size(); r++) {
      List<String> row = new ArrayList<>();
      for (int c = 0; c < columns; c++) {
        row.add(glyphs.safe(table.display(r, c)));
      }
      cells.add(row);
    }
    int[] widths = widths(table, cells, maxWidth);
    List<String> lines = new ArrayList<>();
    lines.addAll(row(table, cells.getFirst(), widths, fit));
    int total = (columns - 1) * GAP.length();
    for (int width : widths) {
      total += width;
    }
    lines.add(glyphs.rule(total));
    for (List<String> row : cells.subList(1, cells.size())) {
      lines.addAll(row(table, row, widths, fit));
    }
    return lines;
  }

  private static int[] widths(DataTable table, List<List<String>> cells, int maxWidth) {
    int columns = table.columns().size();
    int[] widths = new int[columns];
    int total = (columns - 1) * GAP.length();
    for (int c = 0; c < columns; c++) {
      for (List<String> row : cells) {
        widths[c] = Math.max(widths[c], length(row.get(c)));
      }
      total += widths[c];
    }
    while (total > maxWidth) {
      int widest = -1;
      for (int c = 0; c < columns; c++) {
        boolean text = !table.columns().get(c).format().numeric();
        if (text && widths[c] > NARROWEST_TEXT && (widest < 0 || widths[c] > widths[widest])) {
          widest = c;
        }
      }
      if (widest < 0) {
        break;
      }
      widths[widest]--;
      total--;
    }
    return widths;
  }

  private static List<String> row(
      DataTable table,
      List<String> cells,
      int[] widths,
      BiFunction<String, Integer, List<String>> fit) {
    List<List<String>> fitted = new ArrayList<>();
    int height = 1;
    for (int c = 0; c < widths.length; c++) {
      fitted.add(fit.apply(cells.get(c), widths[c]));
      height = Math.max(height, fitted.getLast().size());
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < height; i++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        List<String> cell = fitted.get(c);
        String text = i < cell.size() ? cell.get(i) : "";
        String pad = " ".repeat(widths[c] - length(text));
        boolean right = table.columns().get(c).format().numeric();
        line.append(c == 0 ? "" : GAP).append(right ? pad + text : text + pad);
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
