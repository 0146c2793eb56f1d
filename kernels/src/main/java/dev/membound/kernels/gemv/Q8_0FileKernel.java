package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.SHORT;

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
  private static final int PARTS = Math.max(1, Int8Activations.BLOCK / PART);
  private static final int HEADER = Short.BYTES;

  private final int blocks;
  private final long blockBytes = QuantType.Q8_0.blockBytes();
  private final Int8Activations activations;
  private final short[] quants;

  Q8_0FileKernel(int cols) {
    super(QuantType.Q8_0.rowBytes(cols));
    this.blocks = cols / Int8Activations.BLOCK;
    this.activations = new Int8Activations(cols);
    this.quants = new short[cols];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    for (int i = 0; i < quants.length; i++) {
      quants[i] = (short) activations.quants[i];
    }
  }

  @Override
  void multiplyPair(MemorySegment w, long a, long b, float[] y, int rowA, int rowB) {
    dotPair(w, a, b, blockBytes, blocks, quants, activations.scales, y, rowA, rowB);
  }

  private static void dotPair(
      MemorySegment w,
      long a,
      long b,
      long stride,
      int blocks,
      short[] x,
      float[] scales,
      float[] y,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    for (int i = 0; i < blocks; i++) {
      long atA = a + i * stride;
      long atB = b + i * stride;
      float scaleA = Float.float16ToFloat(w.get(SCALE, atA)) * scales[i];
      float scaleB = Float.float16ToFloat(w.get(SCALE, atB)) * scales[i];
      for (int part = 0; part < PARTS; part++) {
        int in = part * PART;
        ShortVector quants = ShortVector.fromArray(SHORT, x, i * Int8Activations.BLOCK + in);
        IntVector productsA =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, w, atA + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(quants)
                .reinterpretAsInts();
        IntVector productsB =
            ((ShortVector)
                    ByteVector.fromMemorySegment(
                            QUANTS, w, atB + HEADER + in, ByteOrder.LITTLE_ENDIAN)
                        .castShape(SHORT, 0))
                .mul(quants)
                .reinterpretAsInts();
        sumA =
            ((FloatVector)
                    productsA
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16)
                        .add(productsA.lanewise(VectorOperators.ASHR, 16))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleA), sumA);
        sumB =
            ((FloatVector)
                    productsB
                        .lanewise(VectorOperators.LSHL, 16)
                        .lanewise(VectorOperators.ASHR, 16)
                        .add(productsB.lanewise(VectorOperators.ASHR, 16))
                        .convert(VectorOperators.I2F, 0))
                .fma(FloatVector.broadcast(FLOAT, scaleB), sumB);
      }
    }
    y[rowA] = VectorMath.sumLanes(sumA);
    y[rowB] = VectorMath.sumLanes(sumB);
  }
}
