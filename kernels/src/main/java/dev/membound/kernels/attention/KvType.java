package dev.membound.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * How the elements of a KV cache are stored. {@link #isScaled() Scaled} types keep a byte an
 * element and a scale for a block of them, whose largest magnitude the scale maps to the largest
 * byte; {@link #maxError} bounds what storing an element changes.
 */
public enum KvType {
  F32(4) {
    @Override
    float load(MemorySegment source, long offset) {
      return source.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
    }

    @Override
    void store(MemorySegment target, long offset, float value) {
      target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, value);
    }

    @Override
    float round(float value) {
      return value;
    }

    @Override
    public double maxError(float value, float largest) {
      return 0;
    }
  },

  /** IEEE 754 binary16; finite values only, up to 65504. */
  F16(2) {
    @Override
    float load(MemorySegment source, long offset) {
      return Float.float16ToFloat(source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }

    @Override
    void store(MemorySegment target, long offset, float value) {
      target.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Float.floatToFloat16(value));
    }

    @Override
    float round(float value) {
      return Float.float16ToFloat(Float.floatToFloat16(value));
    }

    @Override
    public double maxError(float value, float largest) {
      return Math.abs(value) * 0x1p-11 + 0x1p-25;
    }
  },

  /** The upper half of an F32, rounded to nearest even. */
  BF16(2) {
    @Override
    float load(MemorySegment source, long offset) {
      return Float.intBitsToFloat(source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) << 16);
    }

    @Override
    void store(MemorySegment target, long offset, float value) {
      target.set(
          ValueLayout.JAVA_SHORT_UNALIGNED,
          offset,
          (short) (Float.floatToRawIntBits(round(value)) >>> 16));
    }

    @Override
    float round(float value) {
      int bits = Float.floatToRawIntBits(value);
      if ((bits & 0x7F800000) == 0x7F800000) {
        return value; // infinite or NaN: rounding could carry a NaN's payload into its exponent
      }
      return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }

    @Override
    public double maxError(float value, float largest) {
      return Math.abs(value) * 0x1p-8 + 0x1p-134;
    }
  },

  /** Integers from −127 to 127 and an F32 scale a token and head. */
  INT8(1) {
    @Override
    public double maxError(float value, float largest) {
      return largest / 127.0 * (0.5 + 0x1p-15) + 127.0 * Float.MIN_NORMAL;
    }
  },

  /** {@linkplain FloatE4M3 E4M3} and an F32 scale a token and head; magnitudes up to 65504. */
  FP8_E4M3(1) {
    @Override
    public double maxError(float value, float largest) {
      // Half a step of three mantissa bits; below 2⁻⁶ the steps stay 2⁻⁹.
      return Math.abs(value) * (0x1p-4 + 0x1p-20)
          + largest / 448.0 * 0x1p-10
          + 448.0 * Float.MIN_NORMAL;
    }
  },

  /**
   * As Q8_0 of GGUF: integers from −127 to 127 and an F16 scale for 32 elements of a head, 34
   * bytes; magnitudes up to 8,000,000.
   */
  Q8_0(1) {
    @Override
    public double maxError(float value, float largest) {
      // Half a step; the scale's own rounding moves the largest integer by 127 · 2⁻¹¹ of one.
      return largest / 127.0 * (0.5 + 127 * 0x1p-11) + 128 * 0x1p-25;
    }
  };

  /** Elements of a head that share a {@link #Q8_0} scale. */
  static final int BLOCK_ELEMENTS = 32;

  private static final float MAX_Q8_0 = 8e6f;

  /**
   * Below F32's largest, so that 127 times a scale, rounded, and BF16 bounds of keys are finite.
   */
  private static final float MAX_INT8 = 3.38e38f;

  /** Larger values' scales would overflow the E4M3 decode, which works scaled by 2^112. */
  private static final float MAX_FP8 = 65504;

  private final int elementBytes;

  KvType(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Bytes of one element, without its share of a scale. */
  public int elementBytes() {
    return elementBytes;
  }

  /** Whether elements are bytes with a scale. */
  public boolean isScaled() {
    return elementBytes == 1;
  }

  /** Scales of a head's key or value: 0, 1, or one for every 32 elements. */
  int scales(int headDim) {
    return !isScaled() ? 0 : this == Q8_0 ? Math.ceilDiv(headDim, BLOCK_ELEMENTS) : 1;
  }

  /** Bytes of a head's key or value, scales included. */
  public int headBytes(int headDim) {
    return headDim * elementBytes + scales(headDim) * (this == Q8_0 ? 2 : 4);
  }

  /**
   * Bound on what storing an element changes.
   *
   * @param value the element
   * @param largest the largest magnitude of the elements that share its scale
   */
  public abstract double maxError(float value, float largest);

  /** Whether an element can be stored: finite, and finite once stored. */
  public boolean holds(float value) {
    return switch (this) {
      case F32, F16, BF16 -> Float.isFinite(round(value));
      case INT8 -> Math.abs(value) <= MAX_INT8;
      case FP8_E4M3 -> Math.abs(value) <= MAX_FP8;
      case Q8_0 -> Math.abs(value) <= MAX_Q8_0;
    };
  }

  /**
   * The stored value nearest to {@code value}, ties to even; infinite where it exceeds the range.
   * Not of scaled types, whose elements depend on their neighbours.
   */
  float round(float value) {
    throw needsScale();
  }

  float load(MemorySegment source, long offset) {
    throw needsScale();
  }

  void store(MemorySegment target, long offset, float value) {
    throw needsScale();
  }

  private IllegalStateException needsScale() {
    return new IllegalStateException("an element of " + this + " means nothing without its scale");
  }
}
