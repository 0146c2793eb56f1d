package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.provider.Species;
import jdk.incubator.vector.FloatVector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("width")
class VectorExpTest {
  @Test
  void keepsItsErrorBoundFromZeroToItsSmallestResult() {
    double worst = 0;
    for (float x = 0; x >= -126; x -= 0.00137f) {
      worst = Math.max(worst, Math.abs(exp2(x) / Math.pow(2, x) - 1));
    }
    assertThat(worst).isLessThanOrEqualTo(VectorExp.MAX_RELATIVE_ERROR);
  }

  @Test
  void isExactAtWholePowersAndZeroBelow() {
    for (int n = 0; n >= -126; n--) {
      assertThat(exp2(n)).isEqualTo((float) Math.pow(2, n));
    }
    assertThat(exp2(-126.01f)).isZero();
    assertThat(exp2(-1e30f)).isZero();
    assertThat(exp2(Float.NEGATIVE_INFINITY)).isZero();
  }

  private static float exp2(float x) {
    return VectorExp.exp2(FloatVector.broadcast(Species.FLOAT, x)).lane(Species.FLOATS - 1);
  }
}
