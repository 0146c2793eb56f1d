package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q4_0, lane = row, 8-bit activations: a 16-bit lane holds four columns, multiplied as {@link
 * NibbleRing} says. A block's 16-bit sums are then widened to two float vectors, the rows of the
 * lower and of the upper half of the tile.
 */
final class Q4_0PackedKernel extends PackedKernel {
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int WORDS = NibbleRing.WORDS;
  private static final int COEFFICIENTS = BLOCK / WORDS;
  private static final int VECTOR_BYTES = SHORT.vectorByteSize();

  private final Int8Activations activations;
  private final short[] coefficients;
  private final short[] start;
  private final float[] scales;
  private float resultScale;

  Q4_0PackedKernel(int rows, int cols) {
    super(QuantType.Q4_0, rows, cols);
    activations = new Int8Activations(cols);
    coefficients = new short[cols];
    start = new short[cols / BLOCK];
    scales = new float[cols / BLOCK];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    float largest = VectorMath.largestMagnitude(activations.scales, 0, scales.length);
    float factor = HalfWidening.factorScale(largest);
    resultScale = HalfWidening.resultScale(largest);
    NibbleRing.fill(activations.quants, coefficients, start);
    for (int block = 0; block < scales.length; block++) {
      scales[block] = activations.scales[block] * factor;
    }
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        a,
        b,
        layout.tileUnitBytes(),
        coefficients,
        start,
        scales,
        firstUnit,
        units,
        sums,
        rowA,
        rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      short[] coefficients,
      short[] start,
      float[] scales,
      int firstBlock,
      int blocks,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector lowerA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector upperA = FloatVector.fromArray(FLOAT, sums, rowA + FLOATS);
    FloatVector lowerB = FloatVector.fromArray(FLOAT, sums, rowB);
    FloatVector upperB = FloatVector.fromArray(FLOAT, sums, rowB + FLOATS);
    ShortVector by4 = ShortVector.broadcast(SHORT, (short) 4);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
    for (int i = 0; i < blocks; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      ShortVector dotA = ShortVector.broadcast(SHORT, start[firstBlock + i]);
      ShortVector dotB = dotA;
      for (int word = 0; word < WORDS; word++) {
        long in = (word + 1L) * VECTOR_BYTES;
        int at = (firstBlock + i) * BLOCK + word * COEFFICIENTS;
        ShortVector wa =
            ShortVector.fromMemorySegment(SHORT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector wb =
            ShortVector.fromMemorySegment(SHORT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector c0 = ShortVector.broadcast(SHORT, coefficients[at]);
        ShortVector c1 = ShortVector.broadcast(SHORT, coefficients[at + 1]);
        ShortVector c2 = ShortVector.broadcast(SHORT, coefficients[at + 2]);
        ShortVector c3 = ShortVector.broadcast(SHORT, coefficients[at + 3]);
        dotA =
            wa.mul(c0)
                .add(dotA)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wa.lanewise(VectorOperators.LSHR, by4)
                            : wa.lanewise(VectorOperators.LSHR, 4))
                        .mul(c1))
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wa.lanewise(VectorOperators.LSHR, by8)
                            : wa.lanewise(VectorOperators.LSHR, 8))
                        .mul(c2))
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wa.lanewise(VectorOperators.LSHR, by12)
                            : wa.lanewise(VectorOperators.LSHR, 12))
                        .mul(c3));
        dotB =
            wb.mul(c0)
                .add(dotB)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wb.lanewise(VectorOperators.LSHR, by4)
                            : wb.lanewise(VectorOperators.LSHR, 4))
                        .mul(c1))
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wb.lanewise(VectorOperators.LSHR, by8)
                            : wb.lanewise(VectorOperators.LSHR, 8))
                        .mul(c2))
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wb.lanewise(VectorOperators.LSHR, by12)
                            : wb.lanewise(VectorOperators.LSHR, 12))
                        .mul(c3));
      }
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[firstBlock + i]);
      IntVector pairsA = dotA.reinterpretAsInts();
      IntVector pairsB = dotB.reinterpretAsInts();
      IntVector halvesA = IntVector.fromMemorySegment(INT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      IntVector halvesB = IntVector.fromMemorySegment(INT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      lowerA =
          ((FloatVector)
                  pairsA
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, Short.SIZE)
                      .convert(VectorOperators.I2F, 0))
              .mul(
                  halvesA
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, lowerA);
      upperA =
          ((FloatVector)
                  pairsA.lanewise(VectorOperators.ASHR, Short.SIZE).convert(VectorOperators.I2F, 0))
              .mul(
                  halvesA
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, upperA);
      lowerB =
          ((FloatVector)
                  pairsB
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, Short.SIZE)
                      .convert(VectorOperators.I2F, 0))
              .mul(
                  halvesB
                      .lanewise(VectorOperators.LSHL, Short.SIZE)
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, lowerB);
      upperB =
          ((FloatVector)
                  pairsB.lanewise(VectorOperators.ASHR, Short.SIZE).convert(VectorOperators.I2F, 0))
              .mul(
                  halvesB
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, upperB);
    }
    lowerA.intoArray(sums, rowA);
    upperA.intoArray(sums, rowA + FLOATS);
    lowerB.intoArray(sums, rowB);
    upperB.intoArray(sums, rowB + FLOATS);
  }
}
