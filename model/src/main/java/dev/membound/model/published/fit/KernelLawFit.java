package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.KernelTiming;
import java.util.List;

/** Fits {@link KernelLaw} to the timings of one kernel on one device. */
public final class KernelLawFit {
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
    RobustFit.Model model = model(rows, device);
    RobustFit.Prior prior = KernelLaw.prior();
    double[] best = RobustFit.least(model, prior, KernelLaw.starts());
    return new Fitted(KernelLaw.at(best), RobustFit.priorShares(model, best, prior.pull()));
  }

  static RobustFit.Model model(List<KernelTiming> rows, DeviceProfile device) {
    KernelLaw.Case[] cases =
        rows.stream().map(row -> KernelLaw.Case.of(row, device)).toArray(KernelLaw.Case[]::new);
    double[] logMeasured = rows.stream().mapToDouble(r -> StrictMath.log(r.seconds())).toArray();
    return point -> {
      KernelLaw law = KernelLaw.at(point);
      double[] ratios = new double[cases.length];
      for (int i = 0; i < cases.length; i++) {
        ratios[i] = StrictMath.log(law.seconds(cases[i])) - logMeasured[i];
      }
      return ratios;
    };
  }
}
