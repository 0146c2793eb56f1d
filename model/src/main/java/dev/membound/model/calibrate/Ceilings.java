package dev.membound.model.calibrate;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.HierarchicalBootstrap;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.statistics.UsableSamples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What the probes say of the machine. A ceiling is the best fork's median over all shapes of the
 * probe, for noise only slows; its interval reaches from the 5 % quantile of that shape's samples,
 * what the machine gives in its slow moments, to the best sample.
 */
final class Ceilings {
  private static final int REPLICATES = 1000;

  private final Map<Residency, NavigableMap<Integer, Quantity>> readBandwidth =
      new EnumMap<>(Residency.class);
  private final NavigableMap<Integer, Quantity> peakFlops;
  private final NavigableMap<Integer, NavigableMap<Long, Quantity>> chunks;
  private final Map<Integer, Double> emptyCalls = new TreeMap<>();
  private final Quantity loadLatency;
  private final boolean peakMeasured;

  /**
   * @param measurements sound ones
   * @throws RunFolderException if nothing tells the read bandwidth of DRAM
   */
  Ceilings(List<Measurement> measurements, long seed) {
    for (Residency residency : Residency.values()) {
      List<Measurement> there =
          measurements.stream().filter(m -> m.residency() == residency).toList();
      NavigableMap<Integer, Quantity> byThreads =
          best(ofKernel(there, KernelFamily.READ), Measurement::algorithmicBytes, "B/s");
      pairedCeilings(there).forEach(byThreads::putIfAbsent);
      if (!byThreads.isEmpty()) {
        readBandwidth.put(residency, byThreads);
      }
    }
    if (!readBandwidth.containsKey(Residency.DRAM)) {
      throw new RunFolderException(
          "no sound read bandwidth of DRAM in measurements.json: nothing can be calibrated;"
              + " measure again on a quiet machine");
    }
    NavigableMap<Integer, Quantity> probed =
        best(ofKernel(measurements, KernelFamily.FMA), Measurement::flops, "FLOP/s");
    peakMeasured = !probed.isEmpty();
    peakFlops =
        peakMeasured
            ? probed
            : best(
                measurements.stream().filter(KernelFamily::isModelled).toList(),
                Measurement::flops,
                "FLOP/s");
    chunks = chunkFractions(ofKernel(measurements, KernelFamily.CHUNK), seed);
    loadLatency = latency(ofKernel(measurements, KernelFamily.LATENCY), seed);
    for (Measurement call : ofKernel(measurements, KernelFamily.CALL)) {
      double[] seconds =
          Arrays.stream(byFork(call, Sample::secondsPerCall))
              .flatMapToDouble(Arrays::stream)
              .toArray();
      if (seconds.length > 0) {
        emptyCalls.merge(call.threads(), Quantiles.median(seconds), Math::min);
      }
    }
  }

  /** What a call without work takes; empty where no probe ran with this many threads. */
  OptionalDouble emptyCallSeconds(int threads) {
    Double seconds = emptyCalls.get(threads);
    return seconds == null ? OptionalDouble.empty() : OptionalDouble.of(seconds);
  }

  /** Streaming read bandwidth; scaled from the nearest thread count where this one has none. */
  OptionalDouble readBytesPerSecond(Residency residency, int threads) {
    NavigableMap<Integer, Quantity> byThreads = readBandwidth.get(residency);
    return byThreads == null ? OptionalDouble.empty() : nearest(byThreads, threads);
  }

  /** Peak of single precision; empty where nothing counts FLOPs. */
  OptionalDouble peakFlops(int threads) {
    return nearest(peakFlops, threads);
  }

  /** The curve of this many threads, or of the nearest number. */
  ChunkCurve chunkCurve(int threads) {
    if (chunks.isEmpty()) {
      return ChunkCurve.FLAT;
    }
    Map<Long, Double> fractions = new TreeMap<>();
    chunks
        .get(nearestKey(chunks, threads))
        .forEach((bytes, quantity) -> fractions.put(bytes, quantity.value()));
    return new ChunkCurve(fractions);
  }

  /** False where no FMA probe ran and the fastest kernel stands in for the peak. */
  boolean peakMeasured() {
    return peakMeasured;
  }

  List<ProfileFile.Bandwidth> readBandwidths() {
    List<ProfileFile.Bandwidth> all = new ArrayList<>();
    readBandwidth.forEach(
        (residency, byThreads) ->
            byThreads.forEach(
                (threads, q) -> all.add(new ProfileFile.Bandwidth(residency, threads, q))));
    return all;
  }

  List<ProfileFile.ByThreads> peaks() {
    return peakFlops.entrySet().stream()
        .map(e -> new ProfileFile.ByThreads(e.getKey(), e.getValue()))
        .toList();
  }

  List<ProfileFile.Chunk> chunkFractions() {
    List<ProfileFile.Chunk> all = new ArrayList<>();
    chunks.forEach(
        (threads, byBytes) ->
            byBytes.forEach((bytes, q) -> all.add(new ProfileFile.Chunk(bytes, threads, q))));
    return all;
  }

  /** Null where no latency probe ran. */
  Quantity loadLatency() {
    return loadLatency;
  }

  private static List<Measurement> ofKernel(List<Measurement> measurements, String kernel) {
    return measurements.stream().filter(m -> m.kernel().equals(kernel)).toList();
  }

  private static NavigableMap<Integer, Quantity> best(
      List<Measurement> probes, ToDoubleFunction<Measurement> workPerCall, String unit) {
    NavigableMap<Integer, Quantity> byThreads = new TreeMap<>();
    for (Measurement probe : probes) {
      double work = workPerCall.applyAsDouble(probe);
      if (work > 0 && !probe.samples().isEmpty()) {
        double[][] rates = byFork(probe, s -> work / s.secondsPerCall());
        byThreads.merge(
            probe.threads(), ceiling(rates, unit, "best fork of " + probe.id()), Ceilings::larger);
      }
    }
    return byThreads;
  }

  /** Stand-ins where a level has no probe of its own: the ceilings recorded beside the samples. */
  private static NavigableMap<Integer, Quantity> pairedCeilings(List<Measurement> measurements) {
    NavigableMap<Integer, Quantity> byThreads = new TreeMap<>();
    for (Measurement m : measurements) {
      List<List<Sample>> forks =
          UsableSamples.byFork(
              m.samples().stream().filter(s -> s.readCeilingBytesPerSecond() != null).toList());
      if (!forks.isEmpty()) {
        double[][] rates =
            forks.stream()
                .map(f -> f.stream().mapToDouble(Sample::readCeilingBytesPerSecond).toArray())
                .toArray(double[][]::new);
        byThreads.merge(
            m.threads(), ceiling(rates, "B/s", "read beside " + m.id()), Ceilings::larger);
      }
    }
    return byThreads;
  }

  private static Quantity ceiling(double[][] ratesByFork, String unit, String source) {
    double best = 0;
    for (double[] fork : ratesByFork) {
      best = Math.max(best, Quantiles.median(fork));
    }
    double[] all = Stream.of(ratesByFork).flatMapToDouble(Arrays::stream).toArray();
    return new Quantity(
        best,
        unit,
        Math.min(best, Quantiles.of(all, 0.05)),
        Math.max(best, Quantiles.of(all, 1)),
        Provenance.MEASURED,
        source);
  }

  private static Quantity larger(Quantity a, Quantity b) {
    return b.value() > a.value() ? b : a;
  }

  private NavigableMap<Integer, NavigableMap<Long, Quantity>> chunkFractions(
      List<Measurement> probes, long seed) {
    NavigableMap<Integer, NavigableMap<Long, Quantity>> byThreads = new TreeMap<>();
    for (Measurement probe : probes) {
      Long chunkBytes = probe.shape().get("chunkBytes");
      if (chunkBytes == null
          || chunkBytes < 1
          || probe.residency() != Residency.DRAM
          || probe.samples().isEmpty()) {
        continue;
      }
      double streaming =
          readBytesPerSecond(Residency.DRAM, probe.threads())
              .orElseThrow(); // checked by the caller
      double bytes = probe.algorithmicBytes();
      double[][] fractions =
          byFork(
              probe,
              s ->
                  bytes
                      / s.secondsPerCall()
                      / (s.readCeilingBytesPerSecond() == null
                          ? streaming
                          : s.readCeilingBytesPerSecond()));
      Interval fraction = new HierarchicalBootstrap(REPLICATES, seed).median(fractions);
      // Noise may lift a long chunk above the streaming probe beside it; physics caps it at 1.
      byThreads
          .computeIfAbsent(probe.threads(), threads -> new TreeMap<>())
          .merge(
              chunkBytes,
              new Quantity(
                  Math.min(1, fraction.median()),
                  "1",
                  Math.min(1, fraction.low()),
                  Math.min(1, fraction.high()),
                  Provenance.MEASURED,
                  probe.id()),
              Ceilings::larger);
    }
    return byThreads;
  }

  /** The largest working set is the one that misses every cache. */
  private static Quantity latency(List<Measurement> probes, long seed) {
    return probes.stream()
        .filter(m -> m.residency() == Residency.DRAM && !m.samples().isEmpty() && loads(m) > 0)
        .max(
            Comparator.comparingLong(Measurement::workingSetBytes)
                .thenComparing(Comparator.comparing(Measurement::id)))
        .map(
            probe -> {
              Interval seconds =
                  new HierarchicalBootstrap(REPLICATES, seed)
                      .median(byFork(probe, s -> s.secondsPerCall() / loads(probe)));
              return new Quantity(
                  seconds.median(),
                  "s",
                  seconds.low(),
                  seconds.high(),
                  Provenance.MEASURED,
                  probe.id());
            })
        .orElse(null);
  }

  private static long loads(Measurement probe) {
    return probe.shape().getOrDefault("loads", 1L);
  }

  private static double[][] byFork(Measurement measurement, ToDoubleFunction<Sample> statistic) {
    return UsableSamples.byFork(measurement.samples()).stream()
        .map(fork -> fork.stream().mapToDouble(statistic).toArray())
        .toArray(double[][]::new);
  }

  private static OptionalDouble nearest(NavigableMap<Integer, Quantity> byThreads, int threads) {
    if (byThreads.isEmpty()) {
      return OptionalDouble.empty();
    }
    int measured = nearestKey(byThreads, threads);
    return OptionalDouble.of(byThreads.get(measured).value() * threads / measured);
  }

  private static int nearestKey(NavigableMap<Integer, ?> byThreads, int threads) {
    Integer below = byThreads.floorKey(threads);
    return below != null ? below : byThreads.firstKey();
  }
}
