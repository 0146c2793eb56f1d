package dev.membound.model.table;

import java.nio.charset.Charset;

/** The characters that a terminal can show. */
public enum Glyphs {
  UNICODE("─", "…"),
  ASCII("-", "~");

  private final String rule;
  private final String ellipsis;

  Glyphs(String rule, String ellipsis) {
    this.rule = rule;
    this.ellipsis = ellipsis;
  }

  /** What a terminal of this charset shows safely. */
  public static Glyphs of(Charset charset) {
    return charset.newEncoder().canEncode("─…µ±×–") ? UNICODE : ASCII;
  }

  String rule(int width) {
    return rule.repeat(width);
  }

  /**
   * The text without control characters (a host name must not steer the terminal) and, in ASCII,
   * without what the terminal cannot show.
   */
  public String safe(String text) {
    StringBuilder safe = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> {
              if (Character.getType(c) == Character.CONTROL
                  || Character.getType(c) == Character.FORMAT) {
                safe.append('?');
              } else if (c == '\u00a0') {
                safe.append(' ');
              } else if (this == UNICODE || c < 128) {
                safe.appendCodePoint(c);
              } else {
                safe.append(ascii(c));
              }
            });
    return safe.toString();
  }

  /** At most {@code width} characters, the cut marked. */
  public String cut(String text, int width) {
    int length = text.codePointCount(0, text.length());
    if (length <= width) {
      return text;
    }
    return text.substring(0, text.offsetByCodePoints(0, Math.max(0, width - 1))) + ellipsis;
  }

  private static String ascii(int codePoint) {
    return switch (codePoint) {
      case 'µ', 'μ' -> "u";
      case '×' -> "x";
      case '±' -> "+/-";
      case '–', '−', '─' -> "-";
      case '·' -> "*";
      case '…' -> "~";
      case '≤' -> "<=";
      case '≥' -> ">=";
      default -> "?";
    };
  }
}
