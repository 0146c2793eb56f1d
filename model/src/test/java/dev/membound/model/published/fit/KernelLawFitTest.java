package dev.membound.model.published.fit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.published.AttentionKernel;
import dev.membound.model.published.KernelTiming;
import dev.membound.model.published.PublishedResults;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The fit is the optimum of its loss, not where a search happened to stop. */
class KernelLawFitTest {
  private static final DeviceProfile H800 = DeviceCatalogue.find("h800-sxm");

  @ParameterizedTest
  @EnumSource(AttentionKernel.class)
  void noOtherStartFindsALowerLoss(AttentionKernel kernel) {
    List<KernelTiming> rows =
        PublishedResults.load().timings().kernels().stream()
            .filter(row -> row.kernel() == kernel)
            .toList();
    RobustFit.Model model = KernelLawFit.model(rows, H800);
    RobustFit.Prior prior = KernelLaw.prior();
    double loss = RobustFit.loss(model, prior, RobustFit.least(model, prior, KernelLaw.starts()));

    Random random = new Random(7);
    List<double[]> others = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      double[] start = prior.at().clone();
      for (int c = 0; c < start.length; c++) {
        start[c] += 1.5 * random.nextGaussian();
      }
      others.add(start);
    }
    double best = RobustFit.loss(model, prior, RobustFit.least(model, prior, others));
    assertThat(loss).isLessThanOrEqualTo(best * 1.001);
  }

  /** Without the shortest rows a floor below the others has no trace: it must not be invented. */
  @ParameterizedTest
  @EnumSource(value = AttentionKernel.class, names = "DSA_INDEXER")
  void aFloorThatNoRowShowsIsNone(AttentionKernel kernel) {
    List<KernelTiming> longer =
        PublishedResults.load().timings().kernels().stream()
            .filter(row -> row.kernel() == kernel && row.contextTokens() >= 4096)
            .toList();
    assertThat(KernelLawFit.of(longer, H800).floorSeconds()).isLessThan(1.5e-6);
  }
}
