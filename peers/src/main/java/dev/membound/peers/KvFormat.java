package dev.membound.peers;

import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Optional;

/** How the peers store keys and values, in blocks of elements. */
public enum KvFormat {
  F32(1, 4, 1e-4) {
    @Override
    void encode(float[] source, MemorySegment target, long offset) {
      target.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, source[0]);
    }

    @Override
    float decode(MemorySegment source, long offset, int element) {
      return source.get(ValueLayout.JAVA_FLOAT_UNALIGNED, offset);
    }
  },
  F16(1, 2, 0.05) {
    @Override
    void encode(float[] source, MemorySegment target, long offset) {
      target.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, Float.floatToFloat16(source[0]));
    }

    @Override
    float decode(MemorySegment source, long offset, int element) {
      return Float.float16ToFloat(source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset));
    }
  },
  BF16(1, 2, 0.05) {
    @Override
    void encode(float[] source, MemorySegment target, long offset) {
      QuantType.BF16.codec().encode(source, 0, target, offset);
    }

    @Override
    float decode(MemorySegment source, long offset, int element) {
      return Float.intBitsToFloat(source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset) << 16);
    }
  },
  /** Bytes under one scale for the whole tensor, {@value #INT8_SCALE}. */
  INT8(1, 1, 0.05) {
    @Override
    void encode(float[] source, MemorySegment target, long offset) {
      int quant = Math.clamp(Math.round(source[0] / INT8_SCALE), -127, 127);
      target.set(ValueLayout.JAVA_BYTE, offset, (byte) quant);
    }

    @Override
    float decode(MemorySegment source, long offset, int element) {
      return source.get(ValueLayout.JAVA_BYTE, offset) * INT8_SCALE;
    }
  },
  /** ggml's blocks of 32 bytes under a binary16 scale. */
  Q8_0(32, 34, 0.05) {
    @Override
    void encode(float[] source, MemorySegment target, long offset) {
      QuantType.Q8_0.codec().encode(source, 0, target, offset);
    }

    @Override
    float decode(MemorySegment source, long offset, int element) {
      short scale = source.get(ValueLayout.JAVA_SHORT_UNALIGNED, offset);
      byte quant = source.get(ValueLayout.JAVA_BYTE, offset + Short.BYTES + element);
      return quant * Float.float16ToFloat(scale);
    }
  };

  /** Spans [−√3, √3], the range of random keys and values. */
  static final float INT8_SCALE = 1.7320508f / 127;

  private final int blockElements;
  private final int blockBytes;
  private final double tolerance;

  KvFormat(int blockElements, int blockBytes, double tolerance) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
    this.tolerance = tolerance;
  }

  int blockElements() {
    return blockElements;
  }

  /** Bytes that so many elements take. */
  public long bytes(long elements) {
    return Math.ceilDiv(elements, blockElements) * blockBytes;
  }

  /**
   * Largest relative L2 error of a head's output that counts as right. Libraries round queries and
   * probabilities to the format of the cache, and ggml even sums the values in binary16: over 32768
   * random tokens that costs several percent.
   */
  public double tolerance() {
    return tolerance;
  }

  /** Our type of the same name; for Q8_0 any 8-bit type of ours. Empty if we have none. */
  public Optional<KvType> ours() {
    return ourType(name()).or(() -> this == Q8_0 ? ourType(INT8.name()) : Optional.empty());
  }

  private static Optional<KvType> ourType(String name) {
    return Arrays.stream(KvType.values()).filter(type -> type.name().equals(name)).findFirst();
  }

  /** Stores one block. */
  abstract void encode(float[] source, MemorySegment target, long offset);

  /** Reads one element of the block at an offset. */
  abstract float decode(MemorySegment source, long offset, int element);
}
