package dev.membound.model.calibrate;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.HierarchicalBootstrap;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.statistics.UsableSamples;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * A kernel's measurement as the fit sees it: the demands of a call, and the usable samples by fork,
 * each with the read bandwidth of its own moment. Bandwidth can flip between states during a run
 * (two threads of one virtual machine: 38 or 73 GB/s); pairing keeps that out of the parameters.
 * Samples without a paired ceiling take the profile's.
 */
final class KernelRow {
  private static final String WRITE = "write";
  private static final String CHUNK_BYTES = "chunkBytes";

  private final Measurement measurement;
  private final String variant;
  private final double writeBytes;
  private final double computeSecondsAtPeak;
  private final OptionalDouble emptyCallSeconds;
  private final double[][] secondsByFork;
  private final double[][] bandwidthByFork;

  private KernelRow(
      Measurement measurement,
      double computeSecondsAtPeak,
      OptionalDouble emptyCallSeconds,
      double[][] secondsByFork,
      double[][] bandwidthByFork) {
    this.measurement = measurement;
    this.variant = KernelFamily.variant(measurement);
    this.writeBytes =
        measurement.residency() == Residency.DRAM
            ? measurement.bytes().getOrDefault(WRITE, 0L).doubleValue()
            : 0;
    this.computeSecondsAtPeak = computeSecondsAtPeak;
    this.emptyCallSeconds = emptyCallSeconds;
    this.secondsByFork = secondsByFork;
    this.bandwidthByFork = bandwidthByFork;
  }

  /** Empty where the measurement has no samples, moves nothing, or its level has no ceiling. */
  static Optional<KernelRow> of(Measurement measurement, Ceilings ceilings) {
    List<List<Sample>> forks = UsableSamples.byFork(measurement.samples());
    if (forks.isEmpty() || measurement.algorithmicBytes() == 0) {
      return Optional.empty();
    }
    OptionalDouble streaming =
        ceilings.readBytesPerSecond(measurement.residency(), measurement.threads());
    if (streaming.isEmpty()) {
      return Optional.empty();
    }
    Long chunkBytes = measurement.shape().get(CHUNK_BYTES);
    double chunkFraction =
        chunkBytes == null || chunkBytes < 1 || measurement.residency() != Residency.DRAM
            ? 1
            : ceilings.chunkCurve(measurement.threads()).fraction(chunkBytes);
    double[][] seconds = new double[forks.size()][];
    double[][] bandwidth = new double[forks.size()][];
    for (int f = 0; f < seconds.length; f++) {
      List<Sample> fork = forks.get(f);
      seconds[f] = fork.stream().mapToDouble(Sample::secondsPerCall).toArray();
      bandwidth[f] =
          fork.stream()
              .mapToDouble(
                  s ->
                      chunkFraction
                          * (s.readCeilingBytesPerSecond() == null
                              ? streaming.getAsDouble()
                              : s.readCeilingBytesPerSecond()))
              .toArray();
    }
    boolean computes = measurement.flops() > 0 && !KernelFamily.isWriting(measurement.kernel());
    double computeSeconds =
        computes
            ? measurement.flops() / ceilings.peakFlops(measurement.threads()).orElseThrow()
            : 0;
    return Optional.of(
        new KernelRow(
            measurement,
            computeSeconds,
            ceilings.emptyCallSeconds(measurement.threads()),
            seconds,
            bandwidth));
  }

  /** The rows that the equations describe, in the order of the measurements. */
  static List<KernelRow> modelled(List<Measurement> sound, Ceilings ceilings) {
    List<KernelRow> rows = new ArrayList<>();
    for (Measurement measurement : sound) {
      if (KernelFamily.isModelled(measurement)) {
        of(measurement, ceilings).ifPresent(rows::add);
      }
    }
    return rows;
  }

  String id() {
    return measurement.id();
  }

  String family() {
    return measurement.kernel();
  }

  /** {@code kernel/format/layout}. */
  String variant() {
    return variant;
  }

  String format() {
    return measurement.format();
  }

  /** Arithmetic intensity. */
  double flopsPerByte() {
    return (double) measurement.flops() / measurement.algorithmicBytes();
  }

  int threads() {
    return measurement.threads();
  }

  Residency residency() {
    return measurement.residency();
  }

  /** Family and named sizes, sorted by name: {@code gemv cols=4096,rows=14336}. */
  String size() {
    StringBuilder size = new StringBuilder(family());
    char separator = ' ';
    for (Map.Entry<String, Long> name : new TreeMap<>(measurement.shape()).entrySet()) {
      size.append(separator).append(name.getKey()).append('=').append(name.getValue());
      separator = ',';
    }
    return size.toString();
  }

  double readBytes() {
    return measurement.algorithmicBytes() - writeBytes;
  }

  /** Bytes whose cost is that of writing to DRAM; in caches writing is taken as reading. */
  double writeBytes() {
    return writeBytes;
  }

  double computeSecondsAtPeak() {
    return computeSecondsAtPeak;
  }

  /** What a call without work takes on these threads; empty where no probe ran. */
  OptionalDouble emptyCallSeconds() {
    return emptyCallSeconds;
  }

  boolean computes() {
    return computeSecondsAtPeak > 0;
  }

  int forks() {
    return secondsByFork.length;
  }

  /** Median of all usable samples, seconds a call. */
  double measuredSeconds() {
    double[] all = Arrays.stream(secondsByFork).flatMapToDouble(Arrays::stream).toArray();
    return Quantiles.median(all);
  }

  /** What a prediction may know: everything but the seconds, at the median bandwidth. */
  Observation atMedianBandwidth() {
    double[] all = Arrays.stream(bandwidthByFork).flatMapToDouble(Arrays::stream).toArray();
    return new Observation(this, Double.NaN, Quantiles.median(all));
  }

  /** One observation a fork. Time falls with bandwidth, so the two medians belong together. */
  List<Observation> observations() {
    List<Observation> all = new ArrayList<>();
    for (int f = 0; f < secondsByFork.length; f++) {
      all.add(observation(secondsByFork[f], bandwidthByFork[f]));
    }
    return all;
  }

  /** As {@link #observations()} of forks, then iterations, drawn with replacement. */
  List<Observation> resampled(RandomGenerator random) {
    List<Observation> all = new ArrayList<>();
    for (int[] pick : HierarchicalBootstrap.resampleIndices(secondsByFork, random)) {
      double[] seconds = new double[pick.length - 1];
      double[] bandwidth = new double[pick.length - 1];
      for (int i = 0; i < seconds.length; i++) {
        seconds[i] = secondsByFork[pick[0]][pick[i + 1]];
        bandwidth[i] = bandwidthByFork[pick[0]][pick[i + 1]];
      }
      all.add(observation(seconds, bandwidth));
    }
    return all;
  }

  private Observation observation(double[] seconds, double[] bandwidth) {
    return new Observation(this, Quantiles.median(seconds), Quantiles.median(bandwidth));
  }
}
