package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.KernelTiming;
import java.util.List;

/** Fits {@link KernelLaw} to the timings of one kernel on one device. */
public final class KernelLawFit {
  /** The floor has no gradient where it does not show: several starts. */
  private static final double[] FLOOR_STARTS = {1, 0.3, 2};

  private KernelLawFit() {}

  /**
   * The law of the rows.
   *
   * @throws IllegalArgumentException without rows
   */
  public static KernelLaw of(List<KernelTiming> rows, DeviceProfile device) {
    return fit(rows, device).law();
  }

  /**
   * A law with what stands behind it.
   *
   * @param priorShares by parameter in the order of {@link KernelLaw}: 0 where the data decide, 1
   *     where the prior does
   */
  record Fitted(KernelLaw law, double[] priorShares) {}

  static Fitted fit(List<KernelTiming> rows, DeviceProfile device) {
    if (rows.isEmpty()) {
      throw new IllegalArgumentException("no kernel timing to fit");
    }
    KernelLaw.Case[] cases =
        rows.stream().map(row -> KernelLaw.Case.of(row, device)).toArray(KernelLaw.Case[]::new);
    double[] logMeasured = rows.stream().mapToDouble(r -> StrictMath.log(r.seconds())).toArray();
    RobustFit.Model model =
        point -> {
          KernelLaw law = KernelLaw.at(point);
          double[] ratios = new double[cases.length];
          for (int i = 0; i < cases.length; i++) {
            ratios[i] = StrictMath.log(law.seconds(cases[i])) - logMeasured[i];
          }
          return ratios;
        };
    double[] pull = KernelLaw.pull();
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double factor : FLOOR_STARTS) {
      double[] start = KernelLaw.start(factor);
      double[] reached = RobustFit.of(model, start, pull);
      double loss = RobustFit.loss(model, start, pull, reached);
      if (loss < least) {
        least = loss;
        best = reached;
      }
    }
    return new Fitted(KernelLaw.at(best), RobustFit.priorShares(model, best, pull));
  }
}
