package dev.membound.kernels.attention;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Reads and writes a token's key or value in a tile. */
final class TileElements {
  private static final float LARGEST_INTEGER = 127;

  /** Of the lower three bytes of a lane. */
  private static final int LOWER_SIGNS = 0x0080_8080;

  private final KvType type;
  private final int headDim;
  private final int scaleBytes;

  TileElements(KvType type, int headDim) {
    this.type = type;
    this.headDim = headDim;
    this.scaleBytes = TileLayout.scaleBytes(type, headDim);
  }

  /** Writes the head that begins at {@code source[from]} as the key of a tile's token. */
  void storeKey(MemorySegment memory, long tile, int token, float[] source, int from) {
    store(memory, tile, token, source, from, true);
  }

  /** Writes the head that begins at {@code source[from]} as the value of a tile's token. */
  void storeValue(MemorySegment memory, long tile, int token, float[] source, int from) {
    store(memory, tile, token, source, from, false);
  }

  float loadKey(MemorySegment memory, long tile, int token, int dim) {
    if (type == KvType.INT8) {
      return carriedKey(memory, tile, token, dim)
          * memory.get(
              ValueLayout.JAVA_FLOAT_UNALIGNED, tile + TileLayout.scaleOffset(type, token, dim));
    }
    return load(memory, tile, token, dim, TileLayout.keyOffset(type, token, dim));
  }

  float loadValue(MemorySegment memory, long tile, int token, int dim) {
    return load(memory, tile, token, dim, TileLayout.valueOffset(type, token, dim));
  }

  private void store(
      MemorySegment memory, long tile, int token, float[] source, int from, boolean key) {
    if (key && type == KvType.INT8) {
      storeCarriedKey(memory, tile, token, source, from);
      return;
    }
    int shared = type == KvType.Q8_0 ? KvType.BLOCK_ELEMENTS : headDim;
    float scale = 1;
    for (int dim = 0; dim < headDim; dim++) {
      if (type.isScaled() && dim % shared == 0) {
        float largest = largest(source, from + dim, Math.min(shared, headDim - dim));
        scale = storeScale(memory, tile, token, dim, largest);
      }
      long offset =
          tile
              + scaleBytes
              + (key
                  ? TileLayout.keyOffset(type, token, dim)
                  : TileLayout.valueOffset(type, token, dim));
      float value = source[from + dim];
      switch (type) {
        case F32, F16, BF16 -> type.store(memory, offset, value);
        case INT8, Q8_0 -> memory.set(ValueLayout.JAVA_BYTE, offset, integer(value, scale));
        case FP8_E4M3 ->
            memory.set(
                ValueLayout.JAVA_BYTE, offset, scale == 0 ? 0 : FloatE4M3.fromFloat(value / scale));
      }
    }
  }

  /** A key of INT8: its lanes are sums, in which a negative element borrows from the next. */
  private void storeCarriedKey(
      MemorySegment memory, long tile, int token, float[] source, int from) {
    float scale = storeScale(memory, tile, token, 0, largest(source, from, headDim));
    for (int panel = 0; panel < headDim; panel += TileLayout.BYTE_PANEL_DIMS) {
      for (int first = panel; first < panel + TileLayout.LANES; first++) {
        int sum = 0;
        for (int i = 0; i < Integer.BYTES; i++) {
          int dim = first + i * TileLayout.LANES;
          sum += dim < headDim ? integer(source[from + dim], scale) << i * Byte.SIZE : 0;
        }
        memory.set(
            ValueLayout.JAVA_INT_UNALIGNED,
            tile + scaleBytes + TileLayout.keyOffset(type, token, first),
            sum);
      }
    }
  }

  /**
   * Makes lanes of INT8 keys of a tile of bytes: what a negative byte has above its own borrows.
   */
  void carryKeys(MemorySegment memory, long tile, long tileBytes) {
    for (long at = tile + scaleBytes; at < tile + tileBytes; at += Integer.BYTES) {
      int bytes = memory.get(ValueLayout.JAVA_INT_UNALIGNED, at);
      memory.set(ValueLayout.JAVA_INT_UNALIGNED, at, bytes - ((bytes & LOWER_SIGNS) << 1));
    }
  }

  /** An element of INT8 keys. */
  private int carriedKey(MemorySegment memory, long tile, int token, int dim) {
    int place = dim % TileLayout.BYTE_PANEL_DIMS / TileLayout.LANES;
    long first = TileLayout.keyOffset(type, token, dim - place * TileLayout.LANES);
    int sum = memory.get(ValueLayout.JAVA_INT_UNALIGNED, tile + scaleBytes + first);
    for (int i = 0; i < place; i++) {
      sum = (sum - (byte) sum) >> Byte.SIZE;
    }
    return (byte) sum;
  }

  private static float largest(float[] source, int from, int count) {
    float largest = 0;
    for (int i = from; i < from + count; i++) {
      largest = Math.max(largest, Math.abs(source[i]));
    }
    return largest;
  }

  /** Writes and returns the scale of the block that {@code dim} begins; 0 if all of it is 0. */
  private float storeScale(MemorySegment memory, long tile, int token, int dim, float largest) {
    long offset = tile + TileLayout.scaleOffset(type, token, dim);
    if (type == KvType.Q8_0) {
      short scale = Float.floatToFloat16(largest / LARGEST_INTEGER);
      memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, offset, scale);
      return Float.float16ToFloat(scale);
    }
    float scale = largest / (type == KvType.INT8 ? LARGEST_INTEGER : FloatE4M3.MAX);
    scale = scale < Float.MIN_NORMAL ? 0 : scale; // subnormal numbers are slow
    memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, offset, scale);
    return scale;
  }

  /** The bits of an element of a scaled type, as a share of the largest magnitude. */
  byte bits(float share) {
    return type == KvType.FP8_E4M3
        ? FloatE4M3.fromFloat(share * FloatE4M3.MAX)
        : integer(share * LARGEST_INTEGER, 1);
  }

  /**
   * Sets all scales of a tile of a scaled type, as if every largest magnitude were {@code largest}.
   */
  void fillScales(MemorySegment memory, long tile, float largest) {
    int shared = type == KvType.Q8_0 ? KvType.BLOCK_ELEMENTS : headDim;
    for (int token = 0; token < TileLayout.LANES; token++) {
      for (int dim = 0; dim < headDim; dim += shared) {
        storeScale(memory, tile, token, dim, largest);
      }
    }
  }

  private static byte integer(float value, float scale) {
    return scale == 0
        ? 0
        : (byte) Math.clamp(Math.rint(value / scale), -LARGEST_INTEGER, LARGEST_INTEGER);
  }

  private float load(MemorySegment memory, long tile, int token, int dim, long element) {
    long offset = tile + scaleBytes + element;
    if (!type.isScaled()) {
      return type.load(memory, offset);
    }
    byte bits = memory.get(ValueLayout.JAVA_BYTE, offset);
    long scaleAt = tile + TileLayout.scaleOffset(type, token, dim);
    return switch (type) {
      case Q8_0 ->
          bits * Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, scaleAt));
      case INT8 -> bits * memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scaleAt);
      default -> FloatE4M3.toFloat(bits) * memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scaleAt);
    };
  }
}
