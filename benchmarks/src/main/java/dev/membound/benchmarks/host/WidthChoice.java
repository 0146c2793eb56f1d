package dev.membound.benchmarks.host;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.model.run.HostFacts.VectorWidth;
import java.util.ArrayList;
import java.util.List;

/**
 * The vector width that measures best on this machine, a JVM each: some parts run wide vectors at a
 * lower clock, or in halves.
 *
 * @param widths those that the CPU supports, narrowest first
 */
public record WidthChoice(List<VectorWidth> widths) {
  private static final double CLEARLY_FASTER = 1.05;

  public WidthChoice {
    widths = List.copyOf(widths);
  }

  /**
   * Measures, in about ten seconds at most.
   *
   * @param widestBits of the CPU's vectors
   */
  public static WidthChoice measure(int widestBits) {
    List<VectorWidth> widths = new ArrayList<>();
    for (KernelProvider provider : KernelProvider.values()) {
      if (provider.isVectorised() && provider.vectorBits() <= widestBits) {
        String force = "-D" + KernelProvider.PROPERTY + "=" + provider.propertyValue();
        widths.add(
            MeasuringJvm.run(WidthProbe.class, VectorWidth.class, List.of(force), List.of()));
      }
    }
    return new WidthChoice(widths);
  }

  /**
   * Best in the geometric mean over the formats. A narrower width must be clearly faster, so that
   * noise does not choose another one in every run.
   */
  public KernelProvider best() {
    VectorWidth best = widths.getLast();
    for (VectorWidth width : widths.reversed()) {
      if (mean(width) > CLEARLY_FASTER * mean(best)) {
        best = width;
      }
    }
    return KernelProvider.parse(best.kernelProvider());
  }

  private static double mean(VectorWidth width) {
    return Math.sqrt(width.f32WeightsPerSecond() * width.q4WeightsPerSecond());
  }
}
