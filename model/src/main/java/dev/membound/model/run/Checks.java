package dev.membound.model.run;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/** What the constructors of the documents demand; each message names the property. */
final class Checks {
  /** A call that moves or computes more than 2^60 is a damaged number. */
  static final long MAX_COUNT = 1L << 60;

  private Checks() {}

  static long count(long value, String property) {
    if (value < 0 || value > MAX_COUNT) {
      throw new IllegalArgumentException(property + " must be between 0 and 2^60, got " + value);
    }
    return value;
  }

  static int positive(int value, String property) {
    if (value < 1) {
      throw new IllegalArgumentException(property + " must be at least 1, got " + value);
    }
    return value;
  }

  static double within(double value, double low, double high, String property) {
    if (!(low <= value && value <= high)) {
      throw new IllegalArgumentException(
          property + " must be between " + low + " and " + high + ", got " + value);
    }
    return value;
  }

  static double finite(double value, String property) {
    if (!Double.isFinite(value)) {
      throw new IllegalArgumentException(property + " must be finite, got " + value);
    }
    return value;
  }

  /** Finite and above zero. */
  static double positive(double value, String property) {
    if (!(value > 0 && Double.isFinite(value))) {
      throw new IllegalArgumentException(property + " must be finite and positive, got " + value);
    }
    return value;
  }

  static double notNan(double value, String property) {
    if (Double.isNaN(value)) {
      throw new IllegalArgumentException(property + " must be a number, got " + value);
    }
    return value;
  }

  static <T> T present(T value, String property) {
    return Objects.requireNonNull(value, property + " must not be null");
  }

  static String text(String value, String property) {
    if (value == null || value.isBlank()) {
      throw new IllegalArgumentException(property + " must not be empty");
    }
    return value;
  }

  /** An unmodifiable copy without nulls. */
  static <T> List<T> list(List<T> values, String property) {
    Objects.requireNonNull(values, property + " must not be null");
    for (T value : values) {
      Objects.requireNonNull(value, property + " must not hold null");
    }
    return List.copyOf(values);
  }

  /** An unmodifiable copy without nulls, sorted by name so that a document is always the same. */
  static <V> Map<String, V> sorted(Map<String, V> values, String property) {
    return Collections.unmodifiableMap(new TreeMap<>(map(values, property)));
  }

  /** An unmodifiable copy without nulls, in the same order. */
  static <V> Map<String, V> map(Map<String, V> values, String property) {
    present(values, property);
    values.forEach((name, value) -> present(value, property + "." + name));
    return Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
