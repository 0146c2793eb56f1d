package dev.membound.model.table;

import java.util.ArrayList;
import java.util.List;

/** Breaks text into lines of a width: between words or the parts of an id, else anywhere. */
final class TextWrap {
  private static final String BREAKS_AFTER = " /,;";

  private TextWrap() {}

  /**
   * The lines, none longer than {@code width} code points. Joined they are the text, but for a
   * blank at each break. Empty text is one empty line.
   */
  static List<String> lines(String text, int width) {
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (rest.codePointCount(0, rest.length()) > width) {
      int end = end(rest, rest.offsetByCodePoints(0, width));
      lines.add(rest.substring(0, end).stripTrailing());
      rest = rest.substring(end).stripLeading();
    }
    lines.add(rest);
    return lines;
  }

  /** Where the first line ends: after the last place to break before {@code limit}, or there. */
  private static int end(String text, int limit) {
    if (text.charAt(limit) == ' ') {
      return limit;
    }
    int end = limit;
    while (end > 0 && BREAKS_AFTER.indexOf(text.charAt(end - 1)) < 0) {
      end--;
    }
    return text.substring(0, end).isBlank() ? limit : end;
  }
}
