package dev.membound.kernels.attention;

import dev.membound.kernels.provider.Species;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * {@code 2^x} for x ≤ 0, as softmax needs it: relative error at most {@value #MAX_RELATIVE_ERROR};
 * exactly 0 below −126, where floats become subnormal and slow.
 *
 * <p>x is split into a whole part n and a fraction in [−½, ½]; a polynomial of degree 6 gives
 * 2^fraction, and n is added to its exponent. Adding 1.5·2²³ rounds to n and leaves it in the low
 * bits.
 */
final class VectorExp {
  /** Against the exact power of the float {@code x}. */
  static final double MAX_RELATIVE_ERROR = 2e-7;

  static final double MAX_TANH_ERROR = 5e-7;

  private static final float LOG2_E = (float) (1 / Math.log(2));
  private static final float ROUND = 0x1.8p23f;
  private static final float SMALLEST = -126;

  // Minimax in relative error on [−½, ½] (1.9e-9), found by Lawson's iteration; C0 is 1.
  private static final float C1 = 0.69314718246f;
  private static final float C2 = 0.24022646248f;
  private static final float C3 = 0.05550328642f;
  private static final float C4 = 0.00961848907f;
  private static final float C5 = 0.00133999309f;
  private static final float C6 = 0.00015345811f;

  private VectorExp() {}

  static FloatVector exp2(FloatVector x) {
    FloatVector shifted = x.add(ROUND);
    FloatVector f = x.sub(shifted.sub(ROUND)); // meaningless below SMALLEST, where 0 replaces it
    FloatVector power =
        FloatVector.broadcast(Species.FLOAT, C6)
            .fma(f, FloatVector.broadcast(Species.FLOAT, C5))
            .fma(f, FloatVector.broadcast(Species.FLOAT, C4))
            .fma(f, FloatVector.broadcast(Species.FLOAT, C3))
            .fma(f, FloatVector.broadcast(Species.FLOAT, C2))
            .fma(f, FloatVector.broadcast(Species.FLOAT, C1))
            .fma(f, FloatVector.broadcast(Species.FLOAT, 1f));
    return power
        .reinterpretAsInts()
        .add(shifted.reinterpretAsInts().lanewise(VectorOperators.LSHL, 23))
        .reinterpretAsFloats()
        .blend(0f, x.compare(VectorOperators.LT, SMALLEST));
  }

  /** {@code tanh(x)}, absolute error at most {@value #MAX_TANH_ERROR}; saturates at ±1. */
  static FloatVector tanh(FloatVector x) {
    FloatVector e = exp2(x.abs().mul(-2 * LOG2_E));
    FloatVector magnitude = e.neg().add(1f).div(e.add(1f));
    return magnitude.blend(magnitude.neg(), x.compare(VectorOperators.LT, 0f));
  }
}
