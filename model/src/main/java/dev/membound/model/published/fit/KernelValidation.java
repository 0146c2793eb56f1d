package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.AttentionKernel;
import dev.membound.model.published.KernelTiming;
import dev.membound.model.simulate.Bottleneck;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Predicts kernel timings from fits that never saw their shape; one law a kernel and device. The
 * interval of a row is the spread of the errors of the other shapes of its law (CV+, Barber,
 * Candès, Ramdas and Tibshirani, Annals of Statistics 2021).
 */
public final class KernelValidation {

  /**
   * A row that was left out.
   *
   * @param predictedSeconds, lowSeconds, highSeconds with a 90 % interval
   * @param bottleneck in the fit that never saw it
   */
  public record LeftOut(
      KernelTiming row,
      double predictedSeconds,
      double lowSeconds,
      double highSeconds,
      Bottleneck bottleneck,
      boolean computeBound) {}

  private record Key(String device, AttentionKernel kernel) {}

  private KernelValidation() {}

  /** Every row, left out with its shape, in order of laws. */
  public static List<LeftOut> leaveOneShapeOut(List<KernelTiming> rows) {
    Map<Key, List<KernelTiming>> laws = new LinkedHashMap<>();
    for (KernelTiming row : rows) {
      laws.computeIfAbsent(new Key(row.device(), row.kernel()), k -> new ArrayList<>()).add(row);
    }
    List<LeftOut> all = new ArrayList<>();
    laws.forEach((key, own) -> all.addAll(law(own, DeviceCatalogue.find(key.device()))));
    return List.copyOf(all);
  }

  private static List<LeftOut> law(List<KernelTiming> rows, DeviceProfile device) {
    Map<String, KernelLaw> fits = new LinkedHashMap<>();
    List<String> shapes = rows.stream().map(KernelTiming::shape).distinct().toList();
    if (shapes.size() < 2) {
      return List.of();
    }
    List<KernelLaw> fitted =
        shapes.parallelStream()
            .map(shape -> KernelLawFit.of(without(rows, shape), device))
            .toList();
    for (int i = 0; i < shapes.size(); i++) {
      fits.put(shapes.get(i), fitted.get(i));
    }
    List<LeftOut> results = new ArrayList<>();
    for (KernelTiming row : rows) {
      KernelLaw law = fits.get(row.shape());
      double predicted = law.seconds(row, device);
      ErrorBand band =
          ErrorBand.of(
              rows.stream()
                  .filter(other -> !other.shape().equals(row.shape()))
                  .mapToDouble(
                      other ->
                          StrictMath.log(
                              other.seconds() / fits.get(other.shape()).seconds(other, device)))
                  .toArray());
      results.add(
          new LeftOut(
              row,
              predicted,
              predicted * band.lowRatio(),
              predicted * band.highRatio(),
              law.bottleneck(row, device),
              law.computeBound(row, device)));
    }
    return results;
  }

  private static List<KernelTiming> without(List<KernelTiming> rows, String shape) {
    return rows.stream().filter(row -> !row.shape().equals(shape)).toList();
  }
}
