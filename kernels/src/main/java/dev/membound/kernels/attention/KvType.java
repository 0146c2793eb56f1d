package dev.membound.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** How an element of a KV cache is stored. */
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
    public float round(float value) {
      return value;
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
    public float round(float value) {
      return Float.float16ToFloat(Float.floatToFloat16(value));
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
    public float round(float value) {
      int bits = Float.floatToRawIntBits(value);
      if ((bits & 0x7F800000) == 0x7F800000) {
        return value; // infinite or NaN: rounding could carry a NaN's payload into its exponent
      }
      return Float.intBitsToFloat((bits + 0x7FFF + ((bits >>> 16) & 1)) & 0xFFFF0000);
    }
  };

  private final int elementBytes;

  KvType(int elementBytes) {
    this.elementBytes = elementBytes;
  }

  /** Bytes of one element. */
  public int elementBytes() {
    return elementBytes;
  }

  /**
   * The stored value nearest to {@code value}, ties to even; infinite where it exceeds the range.
   */
  public abstract float round(float value);

  abstract float load(MemorySegment source, long offset);

  abstract void store(MemorySegment target, long offset, float value);
}
