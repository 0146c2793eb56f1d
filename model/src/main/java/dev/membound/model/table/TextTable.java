package dev.membound.model.table;

import java.util.ArrayList;
import java.util.List;

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
    lines.addAll(row(table, cells.getFirst(), widths));
    int total = (columns - 1) * GAP.length();
    for (int width : widths) {
      total += width;
    }
    lines.add(glyphs.rule(total));
    for (List<String> row : cells.subList(1, cells.size())) {
      lines.addAll(row(table, row, widths));
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

  private static List<String> row(DataTable table, List<String> cells, int[] widths) {
    List<List<String>> wrapped = new ArrayList<>();
    int height = 1;
    for (int c = 0; c < widths.length; c++) {
      wrapped.add(TextWrap.lines(cells.get(c), widths[c]));
      height = Math.max(height, wrapped.getLast().size());
    }
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < height; i++) {
      StringBuilder line = new StringBuilder();
      for (int c = 0; c < widths.length; c++) {
        List<String> cell = wrapped.get(c);
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
