package dev.membound.model.report.section;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.table.Numbers;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.DoubleFunction;
import java.util.stream.Collectors;

/** How the report names things. */
public final class Labels {
  private Labels() {}

  /** For instance {@code gemv Q8_0 PACKED}. */
  public static String kernel(Measurement m) {
    return m.kernel() + " " + m.format() + " " + m.layout();
  }

  /** For instance {@code cols 4096, rows 14336}, names in alphabetical order. */
  public static String shape(Map<String, Long> shape) {
    return new TreeMap<>(shape)
        .entrySet().stream()
            .map(size -> size.getKey() + " " + size.getValue())
            .collect(Collectors.joining(", "));
  }

  /** {@code 7.31 [6.90, 7.80]}. */
  public static String interval(Interval i) {
    return interval(i, Numbers::significant);
  }

  static String interval(Interval i, DoubleFunction<String> number) {
    return number.apply(i.median())
        + " ["
        + number.apply(i.low())
        + ", "
        + number.apply(i.high())
        + "]";
  }

  /** {@code scalar kernels} or {@code 512-bit kernels}. */
  public static String provider(String kernelProvider) {
    return kernelProvider.chars().allMatch(Character::isDigit)
        ? kernelProvider + "-bit kernels"
        : kernelProvider + " kernels";
  }

  static String threads(int threads) {
    return Numbers.counted(threads, "thread");
  }

  /** A name as the first word of a sentence. */
  static String capitalised(String name) {
    return name.isEmpty() ? name : Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  /** {@code Three of them}-style lists: {@code a, b and c}. */
  public static String list(Iterable<String> words) {
    StringBuilder text = new StringBuilder();
    String last = null;
    for (String word : words) {
      if (last != null) {
        text.append(text.isEmpty() ? "" : ", ").append(last);
      }
      last = word;
    }
    if (last == null) {
      return "none";
    }
    return text.isEmpty() ? last : text + " and " + last;
  }
}
