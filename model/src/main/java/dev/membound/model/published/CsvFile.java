package dev.membound.model.published;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.NearNames;
import dev.membound.model.quantity.Dimension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A CSV file (RFC 4180) with a header, read strictly: a column that is unknown, missing or doubled
 * and a row of another length are refused with file and line. The column of a quantity ends in its
 * unit, {@code time_us} or {@code time_ms}.
 */
final class CsvFile {
  private final String name;
  private final Map<String, Integer> positions = new HashMap<>();
  private final List<CsvRow> rows = new ArrayList<>();

  /**
   * Which columns a kind of file has.
   *
   * @param required names; quantities without their unit
   * @param optional likewise
   * @param units dimension of the columns that are quantities
   */
  record Columns(Set<String> required, Set<String> optional, Map<String, Dimension> units) {

    boolean known(String column) {
      return required.contains(column) || optional.contains(column);
    }

    /** The column that a header field stands for: without its unit where it is a quantity. */
    String nameOf(String field) {
      int unit = field.lastIndexOf('_');
      String bare = unit < 0 ? field : field.substring(0, unit);
      return units.containsKey(bare) ? bare : field;
    }
  }

  private CsvFile(String name) {
    this.name = name;
  }

  /**
   * Reads a file.
   *
   * @param name of the file, for errors
   * @throws CatalogueException one line with file, line and column
   */
  static CsvFile parse(String name, String text, Columns columns) {
    CsvFile file = new CsvFile(name);
    List<CsvRecord> records = CsvRecord.parse(name, text);
    if (records.isEmpty()) {
      throw new CatalogueException(
          name + ":1: the file is empty; its first line names the columns");
    }
    Map<String, Double> factors = file.header(records.getFirst(), columns);
    int width = records.getFirst().fields().size();
    for (CsvRecord row : records.subList(1, records.size())) {
      if (row.fields().size() != width) {
        throw new CatalogueException(
            "%s:%d: the row has %d cells, the header %d"
                .formatted(name, row.line(), row.fields().size(), width));
      }
      file.rows.add(new CsvRow(name, row, file.positions, factors));
    }
    if (file.rows.isEmpty()) {
      throw new CatalogueException(name + ":2: no row below the header");
    }
    return file;
  }

  /** The names in a file's header, quantities with their units. */
  static List<String> headerOf(String name, String text) {
    List<CsvRecord> records = CsvRecord.parse(name, text);
    return records.isEmpty() ? List.of() : records.getFirst().fields();
  }

  private Map<String, Double> header(CsvRecord header, Columns columns) {
    Map<String, Double> factors = new HashMap<>();
    for (int c = 0; c < header.fields().size(); c++) {
      String field = header.fields().get(c);
      String column = columns.nameOf(field);
      if (!columns.known(column) || (columns.units().containsKey(field))) {
        throw unknown(header.line(), field, columns);
      }
      if (positions.putIfAbsent(column, c) != null) {
        throw new CatalogueException(
            "%s:%d: column '%s' is there twice".formatted(name, header.line(), column));
      }
      if (columns.units().containsKey(column)) {
        factors.put(column, factor(header.line(), field, column, columns.units().get(column)));
      }
    }
    Set<String> missing = new HashSet<>(columns.required());
    missing.removeAll(positions.keySet());
    if (!missing.isEmpty()) {
      throw new CatalogueException(
          "%s:%d: missing column %s"
              .formatted(
                  name,
                  header.line(),
                  String.join(", ", missing.stream().sorted().map(m -> "'" + m + "'").toList())));
    }
    return factors;
  }

  private double factor(int line, String field, String column, Dimension dimension) {
    String suffix = field.substring(column.length() + 1);
    Double factor = dimension.factors().get(suffix);
    if (factor == null) {
      throw new CatalogueException(
          "%s:%d: column '%s': '%s' is no unit of it; use one of %s"
              .formatted(name, line, field, suffix, dimension.factors().keySet()));
    }
    return factor;
  }

  private CatalogueException unknown(int line, String field, Columns columns) {
    if (columns.units().containsKey(field)) {
      return new CatalogueException(
          "%s:%d: column '%s' needs its unit at the end, for instance '%s_%s'"
              .formatted(
                  name,
                  line,
                  field,
                  field,
                  columns.units().get(field).factors().keySet().iterator().next()));
    }
    Set<String> known = new HashSet<>(columns.required());
    known.addAll(columns.optional());
    return new CatalogueException(
        "%s:%d: unknown column '%s'%s"
            .formatted(name, line, field, NearNames.suggestion(field, known)));
  }

  List<CsvRow> rows() {
    return rows;
  }
}
