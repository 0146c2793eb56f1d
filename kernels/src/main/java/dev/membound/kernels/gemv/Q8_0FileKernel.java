package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Q8_0 in GGUF order, 8-bit activations. A product of two bytes fits a 16-bit lane (at most 128 ·
 * 127); neighbouring lanes are then added in 32 bits.
 */
final class Q8_0FileKernel extends FarRows {
  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VectorSpecies<Byte> QUANTS =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / Short.BYTES));
  private static final int PART = QUANTS.length();
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int BLOCK_BYTES = QuantType.Q8_0.blockBytes();

  /** Two blocks a step: left to unroll a shorter loop, the compiler shuffles its loads. */
  private static final int STEP_BLOCKS = 2;

  private static final int HEADER = Short.BYTES;

  private final int blocks;
  private final long stepBytes = STEP_BLOCKS * BLOCK_BYTES;
  private final Int8Activations activations;

  /** As bytes: with 14336 columns, 16-bit ones and two rows of weights would not fit L1. */
  private final byte[] quants;

  Q8_0FileKernel(int cols, int workers) {
    super(QuantType.Q8_0.rowBytes(cols), workers);
    this.blocks = cols / BLOCK;
    this.activations = new Int8Activations(cols);
    this.quants = new byte[cols];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    for (int i = 0; i < quants.length; i++) {
      quants[i] = (byte) activations.quants[i];
    }
  }

  @Override
  int stepCols() {
    return blocks / STEP_BLOCKS * STEP_BLOCKS * BLOCK;
  }

  @Override
  boolean multiplySteps(long a, long b, float[] lanes) {
    dot(a, b, stepBytes, blocks / STEP_BLOCKS, quants, activations.scales, lanes);
    return true;
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    float total = sum;
    for (int block = fromCol / BLOCK; block < blocks; block++) {
      long at = row + (long) block * BLOCK_BYTES;
      int dot = 0;
      for (int i = 0; i < BLOCK; i++) {
        dot += w.get(ValueLayout.JAVA_BYTE, at + HEADER + i) * quants[block * BLOCK + i];
      }
      total += dot * (Float.float16ToFloat(w.get(SCALE, at)) * activations.scales[block]);
    }
    return total;
  }

  private static void dot(
      long a, long b, long stride, int steps, byte[] x, float[] scales, float[] lanes) {
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      float scaleA0 = Float.float16ToFloat(SPACE.get(SCALE, atA)) * scales[2 * i];
      float scaleB0 = Float.float16ToFloat(SPACE.get(SCALE, atB)) * scales[2 * i];
      float scaleA1 = Float.float16ToFloat(SPACE.get(SCALE, atA + BLOCK_BYTES)) * scales[2 * i + 1];
      float scaleB1 = Float.float16ToFloat(SPACE.get(SCALE, atB + BLOCK_BYTES)) * scales[2 * i + 1];
      for (int in = 0; in < BLOCK; in += PART) {
        ShortVector x0 =
            (ShortVector) ByteVector.fromArray(QUANTS, x, 2 * i * BLOCK + in).castShape(SHORT, 0);
        IntVector productsA0 =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, SPACE, atA + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(x0)
                .reinterpretAsInts();
        sumA =
            ((FloatVector)
                    productsA0
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .add(productsA0.lanewise(VectorOperators.ASHR, Short.SIZE))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleA0), sumA);
        IntVector productsB0 =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, SPACE, atB + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(x0)
                .reinterpretAsInts();
        sumB =
            ((FloatVector)
                    productsB0
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .add(productsB0.lanewise(VectorOperators.ASHR, Short.SIZE))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleB0), sumB);
        ShortVector x1 =
            (ShortVector)
                ByteVector.fromArray(QUANTS, x, (2 * i + 1) * BLOCK + in).castShape(SHORT, 0);
        IntVector productsA1 =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, SPACE, atA + BLOCK_BYTES + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(x1)
                .reinterpretAsInts();
        sumA =
            ((FloatVector)
                    productsA1
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .add(productsA1.lanewise(VectorOperators.ASHR, Short.SIZE))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleA1), sumA);
        IntVector productsB1 =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, SPACE, atB + BLOCK_BYTES + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(x1)
                .reinterpretAsInts();
        sumB =
            ((FloatVector)
                    productsB1
                        .lanewise(VectorOperators.LSHL, Short.SIZE)
                        .lanewise(VectorOperators.ASHR, Short.SIZE)
                        .add(productsB1.lanewise(VectorOperators.ASHR, Short.SIZE))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleB1), sumB);
      }
    }
    sumA.intoArray(lanes, LANES_A);
    sumB.intoArray(lanes, LANES_B);
  }
}
