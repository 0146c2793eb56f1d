package dev.membound.model.calibrate;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.statistics.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import java.util.random.RandomGenerator;
import org.apache.commons.math3.distribution.NormalDistribution;

/**
 * Fits the equations of {@link ProfileFile} to the measurements of one machine.
 *
 * <p>Ceilings come straight from their probes. Startup, overlap, efficiency and write fraction come
 * from one robust fit of log times over all kernels, each fork against the read bandwidth that was
 * measured beside it. Intervals come from refits of resampled forks and iterations, at percentiles
 * expanded for the few forks (see {@link dev.membound.model.statistics.HierarchicalBootstrap}).
 * Same file, same profile, bit for bit.
 */
public final class Calibrator {
  /** Name of the calibrated device in profiles and predictions. */
  public static final String THIS_CPU = "this-cpu";

  private static final int REPLICATES = 150;

  /** A startup that no call has shown is right within this factor, nine times of ten. */
  private static final double BORROWED_STARTUP_FACTOR =
      StrictMath.exp(1.645 * ParameterLayout.BORROWED_STARTUP_SIGMA);

  private static final double WIDE_EFFICIENCY = 4;
  private static final double NEARLY_SUM = 1.1;
  private static final double NEARLY_MAX = 12;

  private final MeasurementFile file;
  private final Ceilings ceilings;
  private final List<KernelRow> rows;

  private Calibrator(MeasurementFile file) {
    this.file = file;
    List<Measurement> sound =
        file.measurements().stream().filter(m -> m.refused() == null).toList();
    this.ceilings = new Ceilings(sound, file.seed());
    this.rows = KernelRow.modelled(sound, ceilings);
  }

  /**
   * The profile without its {@link ProfileFile#modelErrorLogQuantiles}, which only {@link
   * CrossValidation} can tell: they are null.
   *
   * @param file refused measurements are left out
   * @throws RunFolderException if no read bandwidth of DRAM or no kernel was measured
   */
  public static ProfileFile fit(MeasurementFile file, HostFacts host) {
    return new Calibrator(file).profile(host);
  }

  /**
   * The rows that can be predicted from this file's ceilings.
   *
   * @throws RunFolderException as {@link #fit}
   */
  static List<KernelRow> rows(MeasurementFile file) {
    return new Calibrator(file).rows;
  }

  private ProfileFile profile(HostFacts host) {
    if (rows.isEmpty()) {
      throw new RunFolderException(
          "no sound kernel measurement in measurements.json: nothing to fit; measure again");
    }
    KernelFit fit = KernelFit.of(rows);
    List<KernelParameters> replicates = replicates(fit);
    KernelParameters best = fit.parameters();
    Map<String, String> notIdentifiable = new TreeMap<>();

    List<ProfileFile.ByThreads> startups = new ArrayList<>();
    for (Map.Entry<Integer, Double> entry : best.startupSeconds().entrySet()) {
      int threads = entry.getKey();
      Quantity startup =
          fitted(entry.getValue(), "s", replicates, p -> p.startupSeconds().get(threads));
      double shortest = fit.layout().shortestSeconds(threads);
      if (fit.layout().borrows(threads)) {
        startup = borrowed(startup);
        notIdentifiable.put(
            "startupSeconds/" + threads,
            "the shortest call measured with this many threads takes "
                + microseconds(shortest)
                + ", too long to show a fixed cost: taken from other threads and the probe of empty"
                + " calls");
      }
      startups.add(new ProfileFile.ByThreads(threads, startup));
      if (startup.low() < ParameterLayout.LEAST_STARTUP_SHARE * shortest) {
        notIdentifiable.putIfAbsent(
            "startupSeconds/" + threads,
            "its interval covers zero: the shortest call measured with this many threads takes "
                + microseconds(shortest)
                + ", too long to show a fixed cost");
      }
    }

    Map<String, Quantity> exponents = new TreeMap<>();
    best.inverseExponent()
        .forEach(
            (family, inverse) -> {
              Quantity exponent =
                  fitted(1 / inverse, "1", replicates, p -> 1 / p.inverseExponent().get(family));
              exponents.put(family, exponent);
              if (exponent.low() <= NEARLY_SUM && exponent.high() >= NEARLY_MAX) {
                notIdentifiable.put(
                    "overlapExponent/" + family,
                    "its interval spans everything from no overlap to perfect overlap: no call"
                        + " measured has memory and compute time alike");
              }
            });

    Map<String, Quantity> efficiencies = new TreeMap<>();
    best.computeEfficiency()
        .forEach(
            (variant, value) -> {
              Quantity efficiency =
                  fitted(value, "1", replicates, p -> p.computeEfficiency().get(variant));
              efficiencies.put(variant, efficiency);
              if (efficiency.high() > WIDE_EFFICIENCY * efficiency.low()) {
                notIdentifiable.put(
                    "computeEfficiency/" + variant,
                    "its interval spans more than a factor of "
                        + (int) WIDE_EFFICIENCY
                        + ": memory hides its compute time in every call measured");
              }
            });

    if (!ceilings.peakMeasured()) {
      notIdentifiable.put(
          "peakFlops", "no FMA probe was measured: the fastest kernel stands in for the peak");
    }
    if (ceilings.loadLatency() == null) {
      notIdentifiable.put("loadLatencySeconds", "no latency probe was measured");
    }
    if (ceilings.chunkFractions().isEmpty()) {
      notIdentifiable.put("chunkCurve", "no random-chunk probe was measured");
    }
    return new ProfileFile(
        RunFolder.SCHEMA_VERSION,
        file.runId(),
        THIS_CPU,
        host.cpuModel(),
        host.memoryBytes(),
        ceilings.readBandwidths(),
        writeFraction(fit, replicates, notIdentifiable),
        ceilings.chunkFractions(),
        ceilings.peaks(),
        startups,
        exponents,
        efficiencies,
        ceilings.loadLatency(),
        null,
        notIdentifiable);
  }

  private static Quantity borrowed(Quantity startup) {
    return new Quantity(
        startup.value(),
        startup.unit(),
        Math.min(startup.low(), startup.value() / BORROWED_STARTUP_FACTOR),
        Math.max(startup.high(), startup.value() * BORROWED_STARTUP_FACTOR),
        startup.provenance(),
        "startup of other threads and the probe of empty calls; " + startup.source());
  }

  private Quantity writeFraction(
      KernelFit fit, List<KernelParameters> replicates, Map<String, String> notIdentifiable) {
    if (!fit.layout().hasWriteFraction()) {
      notIdentifiable.put(
          "writeBandwidthFraction", "neither copy nor triad was measured in DRAM: taken as 1");
      return new Quantity(
          1, "1", 0.3, 1, Provenance.ASSUMED, "writes as fast as reads; no copy or triad measured");
    }
    return fitted(
        fit.parameters().writeBandwidthFraction(),
        "1",
        replicates,
        KernelParameters::writeBandwidthFraction);
  }

  private List<KernelParameters> replicates(KernelFit fit) {
    RandomGenerator random = new SplittableRandom(file.seed());
    List<KernelParameters> replicates = new ArrayList<>();
    for (int r = 0; r < REPLICATES; r++) {
      List<Observation> drawn = new ArrayList<>();
      for (KernelRow row : rows) {
        drawn.addAll(row.resampled(random));
      }
      replicates.add(fit.refit(drawn));
    }
    return replicates;
  }

  private Quantity fitted(
      double value,
      String unit,
      List<KernelParameters> replicates,
      ToDoubleFunction<KernelParameters> parameter) {
    double[] drawn = replicates.stream().mapToDouble(parameter).toArray();
    double tail = tail();
    return new Quantity(
        value,
        unit,
        Math.min(value, Quantiles.of(drawn, tail)),
        Math.max(value, Quantiles.of(drawn, 1 - tail)),
        Provenance.FITTED,
        "robust fit of log times over "
            + rows.size()
            + " kernel measurements, 90 % interval by bootstrap over forks");
  }

  /** Drawing n forks of n with replacement shows (n−1)/n of their variance: widen for it. */
  private double tail() {
    double[] forks = rows.stream().mapToDouble(KernelRow::forks).toArray();
    double typical = Quantiles.median(forks);
    double widened = typical < 2 ? 1 : Math.sqrt(typical / (typical - 1));
    return new NormalDistribution(null, 0, 1).cumulativeProbability(widened * Z_OF_FIVE_PERCENT);
  }

  private static final double Z_OF_FIVE_PERCENT = -1.6448536269514722;

  private static String microseconds(double seconds) {
    return String.format(Locale.ROOT, "%.1f µs", seconds * 1e6);
  }
}
