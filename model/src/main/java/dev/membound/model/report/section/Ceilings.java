package dev.membound.model.report.section;

import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import java.util.Collections;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What this machine can do at most. Of several probe shapes the best counts; where nothing was
 * measured the profile's value stands in.
 *
 * @param readBytesPerSecond by level and threads
 * @param peakFlopsPerSecond by threads
 * @param loadLatencySeconds one dependent load from DRAM
 */
public record Ceilings(
    Map<Residency, TreeMap<Integer, Interval>> readBytesPerSecond,
    TreeMap<Integer, Interval> peakFlopsPerSecond,
    Optional<Interval> loadLatencySeconds) {

  /** Collects the ceilings of a run: each the best fork. */
  public static Ceilings of(RunDocuments run) {
    Map<Residency, TreeMap<Integer, Interval>> read = new EnumMap<>(Residency.class);
    for (Measurement m : run.family("read")) {
      if (m.gigabytesPerSecond() != null) {
        best(
            read.computeIfAbsent(m.residency(), r -> new TreeMap<>()),
            m.threads(),
            Rates.ceiling(m, m.algorithmicBytes()));
      }
    }
    TreeMap<Integer, Interval> flops = new TreeMap<>();
    for (Measurement m : run.family("fma")) {
      best(flops, m.threads(), Rates.ceiling(m, m.flops()));
    }
    run.profile().ifPresent(profile -> fillGaps(profile, read, flops));
    return new Ceilings(Collections.unmodifiableMap(read), flops, loadLatency(run));
  }

  private static Optional<Interval> loadLatency(RunDocuments run) {
    return run.family("latency").stream()
        .filter(m -> m.residency() == Residency.DRAM && m.shape().getOrDefault("loads", 0L) > 0)
        .map(m -> scaled(m.secondsPerCall(), 1.0 / m.shape().get("loads")))
        .min(Comparator.comparingDouble(Interval::median))
        .or(() -> run.profile().map(ProfileFile::loadLatencySeconds).map(Ceilings::interval));
  }

  /** DRAM read bandwidth by threads; empty where none was measured. */
  public TreeMap<Integer, Interval> dram() {
    return readBytesPerSecond.getOrDefault(Residency.DRAM, new TreeMap<>());
  }

  /** All thread counts that some ceiling was measured with. */
  public TreeSet<Integer> threads() {
    TreeSet<Integer> threads = new TreeSet<>(peakFlopsPerSecond.keySet());
    readBytesPerSecond.values().forEach(byThreads -> threads.addAll(byThreads.keySet()));
    return threads;
  }

  /**
   * Arithmetic intensity, FLOP/B, above which DRAM no longer limits (Williams et al., CACM 2009).
   */
  public Optional<Double> ridgeFlopsPerByte(int threads) {
    Interval bandwidth = dram().get(threads);
    Interval peak = peakFlopsPerSecond.get(threads);
    return bandwidth == null || peak == null
        ? Optional.empty()
        : Optional.of(peak.median() / bandwidth.median());
  }

  private static void fillGaps(
      ProfileFile profile,
      Map<Residency, TreeMap<Integer, Interval>> read,
      TreeMap<Integer, Interval> flops) {
    for (ProfileFile.Bandwidth b : profile.readBandwidth()) {
      read.computeIfAbsent(b.residency(), r -> new TreeMap<>())
          .putIfAbsent(b.threads(), interval(b.bytesPerSecond()));
    }
    for (ProfileFile.ByThreads p : profile.peakFlops()) {
      flops.putIfAbsent(p.threads(), interval(p.quantity()));
    }
  }

  private static void best(TreeMap<Integer, Interval> byThreads, int threads, Interval candidate) {
    byThreads.merge(threads, candidate, (a, b) -> a.median() >= b.median() ? a : b);
  }

  private static Interval scaled(Interval i, double factor) {
    return new Interval(i.median() * factor, i.low() * factor, i.high() * factor);
  }

  private static Interval interval(Quantity q) {
    return new Interval(q.value(), q.low(), q.high());
  }
}
