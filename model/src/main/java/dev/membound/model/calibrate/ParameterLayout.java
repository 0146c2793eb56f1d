package dev.membound.model.calibrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which parameters a set of rows can tell of, and where each lies in the optimiser's vector:
 * startups, inverse exponents, efficiencies, then the write fraction if a row writes.
 */
final class ParameterLayout {
  static final Bounded INVERSE_EXPONENT = new Bounded(1.0 / 32, 1);

  /** Share of a call's bytes from which on it tells of, or depends on, the write fraction. */
  private static final double WRITE_HEAVY = 0.1;

  private static final Bounded LOG_WRITE_FRACTION =
      new Bounded(StrictMath.log(0.1), StrictMath.log(2));
  private static final Bounded LOG_FLOATING_EFFICIENCY = new Bounded(StrictMath.log(1e-4), 0);
  // Integer arithmetic has its own peak, several times that of single precision.
  private static final Bounded LOG_INTEGER_EFFICIENCY =
      new Bounded(StrictMath.log(1e-4), StrictMath.log(8));

  private final Map<Integer, Integer> startup = new LinkedHashMap<>();
  private final Map<Integer, Double> startupScale = new TreeMap<>();
  private final Map<String, Integer> exponent = new LinkedHashMap<>();
  private final Map<String, Integer> efficiency = new LinkedHashMap<>();
  private final Map<String, Bounded> efficiencyBounds = new TreeMap<>();
  private final Map<String, Double> intensities = new TreeMap<>();
  private final int writeFraction;
  private final int size;

  ParameterLayout(List<KernelRow> rows) {
    TreeSet<String> families = new TreeSet<>();
    boolean writes = false;
    for (KernelRow row : rows) {
      startupScale.merge(row.threads(), row.measuredSeconds(), Math::min);
      writes |= isWriteHeavy(row);
      if (row.computes()) {
        families.add(row.family());
        intensities.putIfAbsent(row.variant(), row.flopsPerByte());
        efficiencyBounds.put(
            row.variant(),
            KernelFamily.isFloating(row.format())
                ? LOG_FLOATING_EFFICIENCY
                : LOG_INTEGER_EFFICIENCY);
      }
    }
    int next = 0;
    for (int threads : startupScale.keySet()) {
      startup.put(threads, next++);
    }
    for (String family : families) {
      exponent.put(family, next++);
    }
    for (String variant : efficiencyBounds.keySet()) {
      efficiency.put(variant, next++);
    }
    writeFraction = writes ? next++ : -1;
    size = next;
  }

  static boolean isWriteHeavy(KernelRow row) {
    return row.writeBytes() > WRITE_HEAVY * (row.readBytes() + row.writeBytes());
  }

  int size() {
    return size;
  }

  Map<Integer, Integer> startups() {
    return startup;
  }

  Map<String, Integer> exponents() {
    return exponent;
  }

  Map<String, Integer> efficiencies() {
    return efficiency;
  }

  /** FLOP/B of each {@code kernel/format/layout} that computes; shapes hardly change it. */
  Map<String, Double> intensities() {
    return intensities;
  }

  boolean hasWriteFraction() {
    return writeFraction >= 0;
  }

  int writeFractionIndex() {
    return writeFraction;
  }

  Bounded logEfficiencyBounds(String variant) {
    return efficiencyBounds.get(variant);
  }

  Bounded logWriteFractionBounds() {
    return LOG_WRITE_FRACTION;
  }

  /** Startup is scale × coordinate², so never negative; the scale is the shortest call. */
  double startupScale(int threads) {
    return startupScale.get(threads);
  }

  KernelParameters parameters(double[] coordinates) {
    Map<Integer, Double> startups = new TreeMap<>();
    startup.forEach(
        (threads, i) ->
            startups.put(threads, startupScale(threads) * coordinates[i] * coordinates[i]));
    Map<String, Double> exponents = new TreeMap<>();
    exponent.forEach((family, i) -> exponents.put(family, INVERSE_EXPONENT.value(coordinates[i])));
    Map<String, Double> efficiencies = new TreeMap<>();
    efficiency.forEach(
        (variant, i) ->
            efficiencies.put(
                variant, StrictMath.exp(logEfficiencyBounds(variant).value(coordinates[i]))));
    double write =
        hasWriteFraction()
            ? StrictMath.exp(LOG_WRITE_FRACTION.value(coordinates[writeFraction]))
            : 1;
    return new KernelParameters(startups, exponents, efficiencies, write);
  }
}
