package dev.membound.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EfficiencyGuessTest {
  private static final List<KernelRow> ROWS = Calibrator.rows(new SyntheticMachine(1).measure());
  private static final KernelRow UNSEEN =
      ROWS.stream().filter(row -> row.variant().startsWith("gemv/Q4_0/")).findFirst().orElseThrow();

  @Test
  void liesOnTheLineOfItsRelatives() {
    Map<String, Double> intensities = new HashMap<>();
    Map<String, Double> known = new HashMap<>();
    String layout = UNSEEN.variant().substring("gemv/Q4_0".length());
    for (double intensity : new double[] {0.5, 1, 2}) {
      String relative = "gemv/X" + intensity + layout;
      intensities.put(relative, intensity);
      known.put(relative, 0.1 * Math.sqrt(intensity));
    }

    EfficiencyGuess guess = EfficiencyGuess.of(UNSEEN, known, intensities);

    assertThat(guess.efficiency()).isCloseTo(0.1 * Math.sqrt(UNSEEN.flopsPerByte()), within(1e-12));
  }

  @Test
  void prefersTheSameLayout() {
    String layout = UNSEEN.variant().substring("gemv/Q4_0".length());
    Map<String, Double> known =
        Map.of("gemv/A" + layout, 0.2, "gemv/B" + layout, 0.2, "gemv/C/OTHER", 0.9);
    Map<String, Double> intensities =
        Map.of("gemv/A" + layout, 1.0, "gemv/B" + layout, 1.0, "gemv/C/OTHER", 1.0);

    assertThat(EfficiencyGuess.of(UNSEEN, known, intensities).efficiency())
        .isCloseTo(0.2, within(1e-12));
  }

  @Test
  void withoutRelativesItIsWide() {
    assertThat(EfficiencyGuess.of(UNSEEN, Map.of(), Map.of()).logSpread()).isEqualTo(1);
  }
}
