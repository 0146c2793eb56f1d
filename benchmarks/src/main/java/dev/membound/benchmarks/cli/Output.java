package dev.membound.benchmarks.cli;

import dev.membound.model.run.Json;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Glyphs;
import dev.membound.model.table.TextTable;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Model.CommandSpec;

/** What a command prints on standard output: text for a person, or JSON for a program. */
final class Output {
  private static final int COLUMNS = 120;

  private final PrintWriter out;

  Output(CommandSpec spec) {
    out = spec.commandLine().getOut();
  }

  static Glyphs glyphs() {
    String encoding = System.getProperty("stdout.encoding");
    return Glyphs.of(encoding == null ? Charset.defaultCharset() : Charset.forName(encoding));
  }

  void line(String text) {
    out.println(glyphs().safe(text));
  }

  void text(String text) {
    out.print(text);
    out.flush();
  }

  void json(Object value) {
    out.println(Json.mapper().writeValueAsString(value));
  }

  void table(DataTable table) {
    TextTable.lines(table, COLUMNS, glyphs()).forEach(out::println);
  }

  /** A table whose names are copied and searched for: none is broken, however wide it gets. */
  void wholeTable(DataTable table) {
    TextTable.lines(table, Integer.MAX_VALUE, glyphs()).forEach(out::println);
  }

  /** A list that is looked through: a line for each row, whose end another command shows. */
  void listing(DataTable table) {
    TextTable.listing(table, COLUMNS, glyphs()).forEach(out::println);
  }

  /** The table as a list of objects, one a row, with the columns' names and units as keys. */
  void tableAsJson(DataTable table) {
    List<Map<String, Object>> rows = new ArrayList<>();
    for (List<Object> row : table.rows()) {
      Map<String, Object> object = new LinkedHashMap<>();
      for (int c = 0; c < row.size(); c++) {
        object.put(key(table.columns().get(c)), row.get(c));
      }
      rows.add(object);
    }
    json(rows);
  }

  private static String key(Column column) {
    return column.unit().isEmpty() ? column.name() : column.name() + " (" + column.unit() + ")";
  }
}
