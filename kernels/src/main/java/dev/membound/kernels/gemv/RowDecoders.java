package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/** Decoders of rows in GGUF order. */
final class RowDecoders {
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort HALF = HalfWidening.HALF;
  private static final VectorSpecies<Short> HALVES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / 2));
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_128;

  /** Vectors of floats that one of bytes becomes. */
  private static final int PARTS = BYTES.length() / FLOATS;

  private static final int BLOCK = 32;
  private static final int CODES = Short.BYTES;
  private static final int Q8_0_BYTES = QuantType.Q8_0.blockBytes();
  private static final int Q4_0_BYTES = QuantType.Q4_0.blockBytes();
  static final int FLOAT_INFINITY = 0x7F80_0000;

  private RowDecoders() {}

  /** A decoder for each worker. */
  static RowDecoder[] of(QuantType type, int workers) {
    RowDecoder[] decoders = new RowDecoder[workers];
    for (int worker = 0; worker < workers; worker++) {
      decoders[worker] = of(type);
    }
    return decoders;
  }

  private static RowDecoder of(QuantType type) {
    return switch (type) {
      case F32 -> RowDecoders::f32;
      case F16 -> RowDecoders::f16;
      case BF16 -> RowDecoders::bf16;
      case Q8_0 -> RowDecoders::q8_0;
      case Q4_0 -> RowDecoders::q4_0;
      case FP8_E4M3_B128, FP8_E5M2_B128 -> new Fp8Rows(type);
      default -> new ScaledLevels(type);
    };
  }

  private static void f32(
      MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    MemorySegment.copy(w, F32, row + (long) fromCol * Float.BYTES, target, to, cols);
  }

  private static void f16(
      MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long at = row + (long) fromCol * Short.BYTES;
    int vectors = cols / FLOATS;
    for (int i = 0; i < vectors; i++) {
      IntVector halves =
          ((IntVector)
                  ShortVector.fromMemorySegment(
                          HALVES, w, at + (long) i * FLOATS * Short.BYTES, ByteOrder.LITTLE_ENDIAN)
                      .castShape(INT, 0))
              .lanewise(VectorOperators.LSHL, Short.SIZE - HalfWidening.SHIFT)
              .and(HalfWidening.MASK);
      VectorMask<Integer> special =
          halves
              .and(HalfWidening.WIDENED_EXPONENT)
              .compare(VectorOperators.EQ, HalfWidening.WIDENED_EXPONENT);
      halves
          .reinterpretAsFloats()
          .mul(HalfWidening.UNIT)
          .blend(halves.or(FLOAT_INFINITY).reinterpretAsFloats(), special.cast(FLOAT))
          .intoArray(target, to + i * FLOATS);
    }
    for (int c = vectors * FLOATS; c < cols; c++) {
      target[to + c] = Float.float16ToFloat(w.get(HALF, at + (long) c * Short.BYTES));
    }
  }

  private static void bf16(
      MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long at = row + (long) fromCol * Short.BYTES;
    int vectors = cols / FLOATS;
    for (int i = 0; i < vectors; i++) {
      ((IntVector)
              ShortVector.fromMemorySegment(
                      HALVES, w, at + (long) i * FLOATS * Short.BYTES, ByteOrder.LITTLE_ENDIAN)
                  .castShape(INT, 0))
          .lanewise(VectorOperators.LSHL, Short.SIZE)
          .reinterpretAsFloats()
          .intoArray(target, to + i * FLOATS);
    }
    for (int c = vectors * FLOATS; c < cols; c++) {
      int bits = w.get(HALF, at + (long) c * Short.BYTES) << Short.SIZE;
      target[to + c] = Float.intBitsToFloat(bits);
    }
  }

  private static void q8_0(
      MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long at = row + (long) (fromCol / BLOCK) * Q8_0_BYTES;
    for (int block = 0; block < cols / BLOCK; block++) {
      long from = at + (long) block * Q8_0_BYTES;
      float scale = Float.float16ToFloat(w.get(HALF, from));
      ByteVector first =
          ByteVector.fromMemorySegment(BYTES, w, from + CODES, ByteOrder.LITTLE_ENDIAN);
      ByteVector second =
          ByteVector.fromMemorySegment(
              BYTES, w, from + CODES + BYTES.length(), ByteOrder.LITTLE_ENDIAN);
      for (int part = 0; part < PARTS; part++) {
        int column = to + block * BLOCK + part * FLOATS;
        ((FloatVector) first.castShape(FLOAT, part)).mul(scale).intoArray(target, column);
        ((FloatVector) second.castShape(FLOAT, part))
            .mul(scale)
            .intoArray(target, column + BYTES.length());
      }
    }
  }

  private static void q4_0(
      MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long at = row + (long) (fromCol / BLOCK) * Q4_0_BYTES;
    for (int block = 0; block < cols / BLOCK; block++) {
      long from = at + (long) block * Q4_0_BYTES;
      float scale = Float.float16ToFloat(w.get(HALF, from));
      ByteVector pairs =
          ByteVector.fromMemorySegment(BYTES, w, from + CODES, ByteOrder.LITTLE_ENDIAN);
      ByteVector low = pairs.and((byte) 15).sub((byte) 8);
      ByteVector high = pairs.lanewise(VectorOperators.LSHR, 4).sub((byte) 8);
      for (int part = 0; part < PARTS; part++) {
        int column = to + block * BLOCK + part * FLOATS;
        ((FloatVector) low.castShape(FLOAT, part)).mul(scale).intoArray(target, column);
        ((FloatVector) high.castShape(FLOAT, part))
            .mul(scale)
            .intoArray(target, column + BYTES.length());
      }
    }
  }
}
