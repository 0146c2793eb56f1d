package dev.membound.kernels.gemv;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Widening binary16 to binary32 with one shift and one mask. Shifting a half in the upper 16 bits
 * of an int right by 3, sign-extending, puts its exponent and mantissa where a float has them; the
 * mask clears the copies of the sign. The exponent keeps its bias of 15 instead of 127, so the
 * float is the half times 2⁻¹¹², subnormals included. Infinity and NaN come out finite: callers
 * exclude them.
 *
 * <p>The missing 2¹¹² is put on the other factor, as far as that does not overflow.
 */
final class HalfWidening {
  /** A half in memory. */
  static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** What a widened half is multiplied by to be the same number again. */
  static final float UNIT = 0x1p112f;

  static final int SHIFT = 3;
  static final int MASK = 0x8FFF_E000;

  /** Exponent bits of both halves of an int. */
  static final int EXPONENTS = 0x7C00_7C00;

  /** Added to {@link #EXPONENTS} of an int, carries into a sign bit if a half is not finite. */
  static final int EXPONENT_CARRY = 0x0400_0400;

  /** The exponent bits of a widened half: those of infinity and of NaN. */
  static final int WIDENED_EXPONENT = 0x0F80_0000;

  private static final int HALF_EXPONENT = 0x7C00;

  /** The sign bits of both halves of an int. */
  static final int SIGNS = 0x8000_8000;

  /** A widened half is the half times two to the power of minus this. */
  static final int BIAS_DIFFERENCE = 112;

  private HalfWidening() {}

  /**
   * Whether no half is infinite or NaN.
   *
   * @param at offset of the first
   * @param count of halves
   * @param stride bytes from one half to the next
   */
  static boolean areFinite(MemorySegment w, long at, int count, int stride) {
    for (int i = 0; i < count; i++) {
      if ((w.get(HALF, at + (long) i * stride) & HALF_EXPONENT) == HALF_EXPONENT) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether one of many halves may not be finite. One instruction for two of them, where {@link
   * #EXPONENT_CARRY} needs three for one, but unsure: true too if the exponents have all bits
   * between them, which takes a half of magnitude 2 or more.
   *
   * @param union of the bits of the widened halves, before or after {@link #MASK}
   */
  static boolean mayNotBeFinite(int union) {
    return (union & WIDENED_EXPONENT) == WIDENED_EXPONENT;
  }

  /** The power of two to put on factors of magnitude up to {@code largest}. */
  static float factorScale(float largest) {
    return SplitPower.factor(BIAS_DIFFERENCE, largest);
  }

  /** What is then still missing on the result. */
  static float resultScale(float largest) {
    return SplitPower.rest(BIAS_DIFFERENCE, largest);
  }
}
