package dev.membound.model.report;

import dev.membound.model.chart.Chart;
import dev.membound.model.report.section.Figure;
import dev.membound.model.report.section.ReportSection;
import dev.membound.model.report.section.ReportSections;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.report.section.SectionBody;
import dev.membound.model.run.Json;
import dev.membound.model.run.RunFolder;
import dev.membound.model.table.DataTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.SerializationFeature;

/**
 * The report of a run: one HTML file that needs no network. Its content-security policy forbids
 * every load, so it cannot make a request even by mistake.
 */
public final class HtmlReport {
  /** Name of the report in its run folder. */
  public static final String FILE_NAME = "report.html";

  private static final String POLICY =
      "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:;"
          + " base-uri 'none'; form-action 'none'";

  /** Characters above which a cell may wrap but must not be squeezed. */
  private static final int LONG_CELL = 24;

  private static final ObjectWriter CHARTS =
      Json.mapper()
          .writerFor(new TypeReference<Map<String, Chart>>() {})
          .without(SerializationFeature.INDENT_OUTPUT);

  private final RunDocuments run;
  private final List<ReportSection> sections;
  private final HtmlWriter html = new HtmlWriter();
  private final Map<String, Chart> charts = new LinkedHashMap<>();

  private HtmlReport(RunDocuments run) {
    this.run = run;
    sections = ReportSections.ALL.stream().filter(section -> section.belongsTo(run)).toList();
  }

  /**
   * Writes {@link #FILE_NAME} into the run folder.
   *
   * @throws dev.membound.model.run.RunFolderException if a document is damaged, {@code host.json}
   *     or {@code measurements.json} is missing, or the file cannot be written
   */
  public static void write(RunFolder folder) {
    folder.writeText(FILE_NAME, render(folder));
  }

  /**
   * The report of a run folder.
   *
   * @throws dev.membound.model.run.RunFolderException if a document is damaged, or {@code
   *     host.json} or {@code measurements.json} is missing
   */
  public static String render(RunFolder folder) {
    return render(RunDocuments.read(folder));
  }

  /** The report of documents already read. */
  public static String render(RunDocuments run) {
    return new HtmlReport(run).page();
  }

  private String page() {
    html.open("html", "lang", "en").open("head");
    html.open("meta", "charset", "utf-8");
    html.open("meta", "http-equiv", "Content-Security-Policy", "content", POLICY);
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.open("meta", "name", "color-scheme", "content", "light dark");
    html.open("link", "rel", "icon", "href", "data:,");
    html.element("title", "Membound: " + run.host().cpuModel());
    html.style(Resources.styleSheet());
    html.close();
    html.open("body");
    html.element("a", "Skip to the results", "class", "skip", "href", "#main");
    header();
    html.open("main", "id", "main");
    int number = 1;
    for (ReportSection section : sections) {
      section(number++, section);
    }
    html.close();
    html.element(
        "footer",
        "GB = 10⁹ bytes, GiB = 2³⁰ bytes. Brackets and bars are 90 % intervals. Bandwidth counts the"
            + " bytes that the algorithm reads and writes, not write-allocate traffic. Charts drawn"
            + " by Apache ECharts (Apache-2.0).");
    html.json("charts", CHARTS.writeValueAsString(charts));
    html.script(Resources.echarts());
    html.script(Resources.script());
    html.close().close();
    return html.finish();
  }

  private void header() {
    html.open("header");
    html.open("div", "class", "bar");
    html.element("p", "Membound run report", "class", "kicker");
    html.element(
        "button", "Dark", "id", "theme", "type", "button", "aria-label", "Switch colour theme");
    html.close();
    html.element("h1", run.host().cpuModel());
    html.element("p", RunAbstract.of(run), "class", "abstract");
    html.open("dl", "class", "key-numbers");
    for (KeyNumber number : KeyNumber.of(run)) {
      html.open("div").element("dt", number.name());
      html.open("dd").element("strong", number.value()).text(" ").element("span", number.detail());
      html.close().close();
    }
    html.close();
    html.open("nav", "aria-label", "Contents").open("ol");
    for (ReportSection section : sections) {
      html.open("li").element("a", section.title(), "href", "#" + section.id()).close();
    }
    html.close().close().close();
  }

  private void section(int number, ReportSection section) {
    SectionBody body = section.render(run);
    html.open("section", "id", section.id(), "aria-labelledby", section.id() + "-title");
    html.open("h2", "id", section.id() + "-title");
    html.element("span", Integer.toString(number), "class", "number", "aria-hidden", "true");
    html.text(section.title()).close();
    body.missing().forEach(missing -> html.element("p", missing, "class", "missing"));
    notes(body.notes());
    if (!body.openTables().isEmpty()) {
      html.open("div", "class", "tables");
      body.openTables().forEach(table -> table(table, table.caption()));
      html.close();
    }
    body.figures().forEach(this::figure);
    html.close();
  }

  private void notes(List<String> notes) {
    if (notes.size() == 1) {
      html.element("p", notes.getFirst(), "class", "note");
    } else if (!notes.isEmpty()) {
      html.open("ul", "class", "note");
      notes.forEach(note -> html.element("li", note));
      html.close();
    }
  }

  private void figure(Figure figure) {
    html.open("figure", "id", figure.id(), "aria-labelledby", figure.id() + "-title");
    html.element("h3", figure.title(), "id", figure.id() + "-title");
    html.element("p", figure.takeaway(), "class", "takeaway", "id", figure.id() + "-takeaway");
    if (!figure.chart().nothingToDraw()) {
      charts.put(figure.id(), figure.chart());
      html.open("div", "class", "legend", "role", "group", "aria-label", "Series shown").close();
      html.open(
              "div",
              "class",
              "chart",
              "data-chart",
              figure.id(),
              "role",
              "img",
              "aria-label",
              figure.title() + ". " + figure.takeaway())
          .close();
    }
    html.open("figcaption").element("span", "How to read this: ", "class", "lead");
    html.text(figure.howToRead()).close();
    for (DataTable table : figure.tables()) {
      html.open("details");
      html.element("summary", table.caption() + " (" + table.rows().size() + " rows)");
      table(table, null);
      html.close();
    }
    html.close();
  }

  private void table(DataTable table, String caption) {
    html.open(
        "div", "class", "table", "tabindex", "0", "role", "region", "aria-label", table.caption());
    html.open("table");
    if (caption != null) {
      html.element("caption", caption);
    }
    html.open("thead").open("tr");
    table
        .columns()
        .forEach(
            column ->
                html.element(
                    "th",
                    column.displayName(),
                    "scope",
                    "col",
                    "class",
                    column.format().numeric() ? "n" : null));
    html.close().close().open("tbody");
    for (int r = 0; r < table.rows().size(); r++) {
      html.open("tr");
      for (int c = 0; c < table.columns().size(); c++) {
        String cell = table.display(r, c);
        boolean numeric = table.columns().get(c).format().numeric();
        html.element(
            "td", cell, "class", numeric ? "n" : cell.length() > LONG_CELL ? "long" : null);
      }
      html.close();
    }
    html.close().close().close();
  }
}
