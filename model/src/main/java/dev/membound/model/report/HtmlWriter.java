package dev.membound.model.report;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Set;

/** Writes well-formed HTML; every text and attribute value is escaped. */
final class HtmlWriter {
  private static final Set<String> VOID_ELEMENTS = Set.of("meta", "link", "br");

  private final StringBuilder html = new StringBuilder("<!doctype html>\n");
  private final Deque<String> open = new ArrayDeque<>();

  /**
   * Opens an element.
   *
   * @param attributes names and values in turn; an attribute with a null value is left out
   */
  HtmlWriter open(String name, String... attributes) {
    html.append('<').append(name);
    for (int i = 0; i < attributes.length; i += 2) {
      if (attributes[i + 1] != null) {
        html.append(' ').append(attributes[i]).append("=\"");
        escape(attributes[i + 1]);
        html.append('"');
      }
    }
    html.append('>');
    if (!VOID_ELEMENTS.contains(name)) {
      open.push(name);
    }
    return this;
  }

  /** Closes the element opened last. */
  HtmlWriter close() {
    String name = open.pop();
    html.append("</").append(name).append('>');
    if (!name.equals("td") && !name.equals("th") && !name.equals("a") && !name.equals("span")) {
      html.append('\n');
    }
    return this;
  }

  HtmlWriter text(String text) {
    escape(text);
    return this;
  }

  /** An element that holds only text. */
  HtmlWriter element(String name, String text, String... attributes) {
    return open(name, attributes).text(text).close();
  }

  /** A script of the project's own or of a library; what would end the element early is split. */
  HtmlWriter script(String code) {
    open("script");
    html.append('\n').append(inlineScript(code)).append('\n');
    return close();
  }

  HtmlWriter style(String css) {
    if (css.toLowerCase(Locale.ROOT).contains("</style")) {
      throw new IllegalArgumentException("a style sheet must not contain </style");
    }
    open("style");
    html.append('\n').append(css);
    return close();
  }

  /** JSON for the page's script; no byte of it can be taken for markup. */
  HtmlWriter json(String id, String json) {
    open("script", "type", "application/json", "id", id);
    html.append(
        json.replace("<", "\\u003c")
            .replace(">", "\\u003e")
            .replace("&", "\\u0026")
            .replace("\u2028", "\\u2028")
            .replace("\u2029", "\\u2029"));
    return close();
  }

  /**
   * The page.
   *
   * @throws IllegalStateException if an element is still open
   */
  String finish() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("still open: " + open);
    }
    return html.toString();
  }

  /** Inside a script string or regular expression {@code <\/} means the same as {@code </}. */
  private static String inlineScript(String code) {
    return code.replaceAll("(?i)</(?=script)", "<\\\\/").replace("<!--", "<\\!--");
  }

  /** A number and its percent sign stay on one line. */
  private static boolean beforePercent(String text, int i) {
    return i > 0
        && i + 1 < text.length()
        && text.charAt(i + 1) == '%'
        && Character.isDigit(text.charAt(i - 1));
  }

  private void escape(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> html.append("&amp;");
        case '<' -> html.append("&lt;");
        case '>' -> html.append("&gt;");
        case '"' -> html.append("&quot;");
        case '\'' -> html.append("&#39;");
        case ' ' -> html.append(beforePercent(text, i) ? '\u00a0' : ' ');
        default -> html.append(c < ' ' && c != '\n' && c != '\t' ? '\ufffd' : c);
      }
    }
  }
}
