package dev.membound.model.calibrate;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.MeasurementStatistics;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Refuses results that cannot be true, with the reason. Each rule leaves 5 % beyond the 90 %
 * intervals:
 *
 * <ul>
 *   <li>A level never reads slower than one farther away. The nearer level's probes are refused,
 *       all shapes of them: noise only slows, so what they show is no ceiling.
 *   <li>A kernel never streams faster than the best read seen at its level and threads, nor, at the
 *       low end of its interval, than the read bandwidth recorded beside its own samples.
 *   <li>A kernel on floating-point data never exceeds the FMA peak of its threads. Quantized
 *       formats may: their integer instructions have a peak of their own.
 * </ul>
 *
 * <p>Results without samples are left alone. Every call judges afresh: a refusal that a later,
 * faster probe has answered is taken back.
 */
public final class PhysicsCheck {
  /** A result may be so many times what physics allows before it is refused. */
  public static final double TOLERANCE = 1.05;

  /** Intervals of measurements that carry none are computed with this seed. */
  private static final long SEED = 1;

  /** The fastest rate seen, and what showed it. */
  private record Best(double perSecond, String source) {}

  private final Map<Residency, NavigableMap<Integer, Best>> fastestRead =
      new EnumMap<>(Residency.class);
  private final Map<Residency, NavigableMap<Integer, Best>> atLeastRead =
      new EnumMap<>(Residency.class);
  private final Map<Residency, NavigableMap<Integer, Best>> atMostRead =
      new EnumMap<>(Residency.class);
  private final NavigableMap<Integer, Best> peakFlops = new TreeMap<>();

  private PhysicsCheck() {}

  /** The same measurements in the same order, {@code refused} set where physics is broken. */
  public static List<Measurement> check(List<Measurement> measurements) {
    return new PhysicsCheck().checked(measurements.stream().map(m -> m.withRefused(null)).toList());
  }

  private List<Measurement> checked(List<Measurement> measurements) {
    for (Measurement m : measurements) {
      if (isUsable(m) && m.kernel().equals(KernelFamily.READ) && m.algorithmicBytes() > 0) {
        keepFastest(atLeastRead, m, m.algorithmicBytes() / seconds(m).high());
        keepFastest(atMostRead, m, m.algorithmicBytes() / seconds(m).low());
      }
    }
    List<Measurement> readsChecked = new ArrayList<>();
    for (Measurement m : measurements) {
      boolean read =
          isUsable(m) && m.kernel().equals(KernelFamily.READ) && m.algorithmicBytes() > 0;
      readsChecked.add(read ? refuse(m, slowerThanFarther(m)) : m);
    }
    for (Measurement m : readsChecked) {
      keepCeilings(m);
    }
    List<Measurement> all = new ArrayList<>();
    for (Measurement m : readsChecked) {
      boolean kernel = isUsable(m) && !KernelFamily.isProbe(m.kernel());
      all.add(kernel ? refuse(m, aboveCeiling(m)) : m);
    }
    return all;
  }

  private void keepCeilings(Measurement m) {
    if (!isUsable(m)) {
      return;
    }
    for (Sample sample : m.samples()) {
      if (m.kernel().equals(KernelFamily.READ)) {
        keepFastest(fastestRead, m, m.algorithmicBytes() / sample.secondsPerCall());
      }
      if (sample.readCeilingBytesPerSecond() != null) {
        keepFastest(fastestRead, m, sample.readCeilingBytesPerSecond());
      }
      if (m.kernel().equals(KernelFamily.FMA)) {
        Best best = new Best(m.flops() / sample.secondsPerCall(), m.id());
        peakFlops.merge(m.threads(), best, PhysicsCheck::faster);
      }
    }
  }

  private String slowerThanFarther(Measurement read) {
    Best own = atMostRead.get(read.residency()).get(read.threads());
    for (Residency farther : Residency.values()) {
      Best rival = atLeastRead.getOrDefault(farther, new TreeMap<>()).get(read.threads());
      if (farther.compareTo(read.residency()) > 0
          && rival != null
          && rival.perSecond > TOLERANCE * own.perSecond) {
        return String.format(
            Locale.ROOT,
            "%s reads at most %.1f GB/s, but %s reads %.1f GB/s from %s, farther away: a nearer"
                + " level is never slower, so this is no ceiling",
            read.residency(),
            own.perSecond / 1e9,
            rival.source,
            rival.perSecond / 1e9,
            farther);
      }
    }
    return null;
  }

  private String aboveCeiling(Measurement kernel) {
    double slowestPlausibleSeconds = seconds(kernel).high();
    Best read = fastestRead.getOrDefault(kernel.residency(), new TreeMap<>()).get(kernel.threads());
    if (read != null
        && kernel.algorithmicBytes() / slowestPlausibleSeconds > TOLERANCE * read.perSecond) {
      return String.format(
          Locale.ROOT,
          "streams %.1f GB/s from %s, above the best read there, %.1f GB/s of %s",
          kernel.algorithmicBytes() / seconds(kernel).median() / 1e9,
          kernel.residency(),
          read.perSecond / 1e9,
          read.source);
    }
    Interval share = kernel.shareOfReadCeiling();
    if (share != null && share.low() > TOLERANCE) {
      return String.format(
          Locale.ROOT,
          "reaches %.2f of the read bandwidth measured beside its own samples",
          share.median());
    }
    Best peak = peakFlops.get(kernel.threads());
    if (peak != null
        && KernelFamily.isFloating(kernel.format())
        && kernel.flops() / slowestPlausibleSeconds > TOLERANCE * peak.perSecond) {
      return String.format(
          Locale.ROOT,
          "computes %.1f GFLOP/s, above the peak of %.1f GFLOP/s of %s",
          kernel.flops() / seconds(kernel).median() / 1e9,
          peak.perSecond / 1e9,
          peak.source);
    }
    return null;
  }

  private static boolean isUsable(Measurement m) {
    return m.refused() == null && !m.samples().isEmpty();
  }

  private static Interval seconds(Measurement m) {
    return m.secondsPerCall() == null
        ? MeasurementStatistics.summarise(m, SEED).secondsPerCall()
        : m.secondsPerCall();
  }

  private static void keepFastest(
      Map<Residency, NavigableMap<Integer, Best>> byLevel, Measurement m, double perSecond) {
    byLevel
        .computeIfAbsent(m.residency(), level -> new TreeMap<>())
        .merge(m.threads(), new Best(perSecond, m.id()), PhysicsCheck::faster);
  }

  private static Best faster(Best a, Best b) {
    return b.perSecond > a.perSecond ? b : a;
  }

  private static Measurement refuse(Measurement m, String reason) {
    return reason == null ? m : m.withRefused(reason);
  }
}
