package dev.membound.model.calibrate;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Which parameters a set of rows can tell of, and where each lies in the optimiser's vector:
 * startups, inverse exponents, efficiencies, then the write fraction if a row writes.
 *
 * <p>Where all calls of a number of threads are long they tell nothing of its startup, and a fit
 * would put there what the equations leave out of long calls. It is then that of the nearest number
 * of threads whose calls tell theirs, and what a call without work takes longer.
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

  /** Of the logarithm of a borrowed startup: right within a factor of two, two times of three. */
  static final double BORROWED_STARTUP_SIGMA = StrictMath.log(2);

  /** A startup that is a smaller share of the shortest call does not show in it. */
  static final double LEAST_STARTUP_SHARE = 0.01;

  /** A kernel's own part of the startup is about this; a call without work leaves it out. */
  private static final double USUAL_STARTUP_SECONDS = 2e-7;

  private final Map<Integer, Integer> startup = new LinkedHashMap<>();
  private final Map<Integer, Double> shortestSeconds = new TreeMap<>();
  private final Map<Integer, Double> emptyCallSeconds = new TreeMap<>();
  private final Map<Integer, Integer> lender = new TreeMap<>();
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
      shortestSeconds.merge(row.threads(), row.measuredSeconds(), Math::min);
      row.emptyCallSeconds().ifPresent(s -> emptyCallSeconds.put(row.threads(), s));
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
    lend();
    int next = 0;
    for (int threads : shortestSeconds.keySet()) {
      if (!borrows(threads)) {
        startup.put(threads, next++);
      }
    }
    lender.forEach((threads, from) -> startup.put(threads, startup.get(from)));
    for (String family : families) {
      exponent.put(family, next++);
    }
    for (String variant : efficiencyBounds.keySet()) {
      efficiency.put(variant, next++);
    }
    writeFraction = writes ? next++ : -1;
    size = next;
  }

  private void lend() {
    TreeSet<Integer> telling = new TreeSet<>(emptyCallSeconds.keySet());
    telling.removeIf(
        threads ->
            LEAST_STARTUP_SHARE * shortestSeconds.get(threads)
                > Math.max(USUAL_STARTUP_SECONDS, emptyCallSeconds.get(threads)));
    if (telling.isEmpty()) {
      return;
    }
    for (int threads : emptyCallSeconds.keySet()) {
      if (!telling.contains(threads)) {
        Integer fewer = telling.floor(threads);
        lender.put(threads, fewer == null ? telling.first() : fewer);
      }
    }
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

  /** Whether the startup is that of another number of threads and what a call takes longer. */
  boolean borrows(int threads) {
    return lender.containsKey(threads);
  }

  /**
   * Startup is {@code scale · coordinate² + offset}, so never negative; the scale is the shortest
   * call.
   */
  double startupScale(int threads) {
    return shortestSeconds.get(lender.getOrDefault(threads, threads));
  }

  /** What a call without work takes longer than with the threads that lend; 0 where none do. */
  double startupOffset(int threads) {
    return borrows(threads)
        ? Math.max(0, emptyCallSeconds.get(threads) - emptyCallSeconds.get(lender.get(threads)))
        : 0;
  }

  /** The shortest call with so many threads. */
  double shortestSeconds(int threads) {
    return shortestSeconds.get(threads);
  }

  KernelParameters parameters(double[] coordinates) {
    Map<Integer, Double> startups = new TreeMap<>();
    startup.forEach(
        (threads, i) ->
            startups.put(
                threads,
                startupScale(threads) * coordinates[i] * coordinates[i] + startupOffset(threads)));
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
