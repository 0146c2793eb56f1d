package dev.membound.model.published;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.workload.DataFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A row of a {@link CsvFile}: its cells by column, checked as they are asked for. */
final class CsvRow {
  private static final long MOST = 1L << 40;

  private final String file;
  private final CsvRecord record;
  private final Map<String, Integer> positions;
  private final Map<String, Double> factors;

  CsvRow(
      String file, CsvRecord record, Map<String, Integer> positions, Map<String, Double> factors) {
    this.file = file;
    this.record = record;
    this.positions = positions;
    this.factors = factors;
  }

  /** The cell of an optional column; empty where there is no such column or nothing in it. */
  Optional<String> optional(String column) {
    Integer position = positions.get(column);
    return position == null
        ? Optional.empty()
        : Optional.of(record.fields().get(position)).filter(cell -> !cell.isEmpty());
  }

  String text(String column) {
    return optional(column).orElseThrow(() -> error(column, "is missing"));
  }

  /** Line in the file, from 1. */
  int line() {
    return record.line();
  }

  /** A whole number from {@code least}. */
  long whole(String column, long least) {
    String cell = text(column);
    try {
      long value = Long.parseLong(cell);
      if (value >= least && value <= MOST) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw error(column, "'" + cell + "' is no whole number");
    }
    throw error(column, cell + " is not within " + least + " to 2^40");
  }

  int count(String column) {
    long value = whole(column, 1);
    if (value > 1 << 20) {
      throw error(column, value + " is more than 2^20");
    }
    return (int) value;
  }

  /** A number above 0, in SI units where the column is a quantity. */
  double positive(String column) {
    String cell = text(column);
    double value;
    try {
      value = Double.parseDouble(cell) * factors.getOrDefault(column, 1.0);
    } catch (NumberFormatException e) {
      throw error(column, "'" + cell + "' is no number");
    }
    if (!(value > 0 && Double.isFinite(value))) {
      throw error(column, cell + " must be above 0 and finite");
    }
    return value;
  }

  DataFormat format(String column) {
    String cell = text(column);
    try {
      return DataFormat.of(cell);
    } catch (IllegalArgumentException e) {
      throw error(column, e.getMessage());
    }
  }

  /** A constant by its name in lower case with - for _. */
  <E extends Enum<E>> E choice(String column, Class<E> type) {
    String cell = text(column);
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> key(constant).equals(cell))
        .findFirst()
        .orElseThrow(
            () ->
                error(
                    column,
                    "'%s' is none of %s"
                        .formatted(
                            cell,
                            Arrays.stream(type.getEnumConstants()).map(CsvRow::key).toList())));
  }

  private static String key(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  CatalogueException error(String column, String problem) {
    return new CatalogueException(
        "%s:%d: column '%s': %s".formatted(file, record.line(), column, problem));
  }
}
