package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Q8_0, lane = row, 8-bit activations. An int lane holds four columns as bytes biased by 128; they
 * are multiplied as {@link ByteRing} says, and a block's sum is far below 2³¹.
 */
final class Q8_0PackedKernel extends PackedKernel {
  private static final VectorSpecies<Short> SCALES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / 2));
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int WORDS = BLOCK / ByteRing.COLUMNS;
  private static final int HEADER_BYTES = SCALES.vectorByteSize();
  private static final int WORD_BYTES = INT.vectorByteSize();

  private final Int8Activations activations;
  private final int[] coefficients;
  private final float[] scales;
  private float resultScale;

  Q8_0PackedKernel(int rows, int cols) {
    super(QuantType.Q8_0, rows, cols);
    activations = new Int8Activations(cols);
    coefficients = new int[ByteRing.count(cols)];
    scales = new float[cols / BLOCK];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    int[] quants = activations.quants;
    float largest = VectorMath.largestMagnitude(activations.scales, 0, scales.length);
    float factor = HalfWidening.factorScale(largest);
    resultScale = HalfWidening.resultScale(largest);
    ByteRing.fill(quants, coefficients);
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
        a, b, layout.tileUnitBytes(), coefficients, scales, firstUnit, units, sums, rowA, rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      int[] coefficients,
      float[] scales,
      int firstBlock,
      int blocks,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector sumB = FloatVector.fromArray(FLOAT, sums, rowB);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    for (int i = 0; i < blocks; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      IntVector upperA = IntVector.zero(INT);
      IntVector upperB = upperA;
      IntVector wordsA = IntVector.broadcast(INT, ByteRing.start(WORDS));
      IntVector wordsB = wordsA;
      for (int word = 0; word < WORDS; word++) {
        long in = HEADER_BYTES + (long) word * WORD_BYTES;
        int at = ((firstBlock + i) * WORDS + word) * ByteRing.COEFFICIENTS;
        ShortVector wa =
            ShortVector.fromMemorySegment(SHORT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector wb =
            ShortVector.fromMemorySegment(SHORT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector ofWord = IntVector.broadcast(INT, coefficients[at]).reinterpretAsShorts();
        ShortVector ofUpperByte =
            IntVector.broadcast(INT, coefficients[at + 1]).reinterpretAsShorts();
        ShortVector add = IntVector.broadcast(INT, coefficients[at + 2]).reinterpretAsShorts();
        IntVector halvesA =
            wa.mul(ofWord)
                .add(add)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wa.lanewise(VectorOperators.LSHR, by8)
                            : wa.lanewise(VectorOperators.LSHR, 8))
                        .mul(ofUpperByte))
                .reinterpretAsInts();
        upperA = halvesA.lanewise(VectorOperators.ASHR, Short.SIZE).add(upperA);
        wordsA = halvesA.add(wordsA);
        IntVector halvesB =
            wb.mul(ofWord)
                .add(add)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wb.lanewise(VectorOperators.LSHR, by8)
                            : wb.lanewise(VectorOperators.LSHR, 8))
                        .mul(ofUpperByte))
                .reinterpretAsInts();
        upperB = halvesB.lanewise(VectorOperators.ASHR, Short.SIZE).add(upperB);
        wordsB = halvesB.add(wordsB);
      }
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[firstBlock + i]);
      sumA =
          ((FloatVector)
                  upperA.mul(ByteRing.UPPER_ONCE).add(wordsA).convert(VectorOperators.I2F, 0))
              .mul(
                  ((IntVector)
                          ShortVector.fromMemorySegment(SCALES, SPACE, atA, ByteOrder.LITTLE_ENDIAN)
                              .castShape(INT, 0))
                      .lanewise(VectorOperators.LSHL, Short.SIZE - HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, sumA);
      sumB =
          ((FloatVector)
                  upperB.mul(ByteRing.UPPER_ONCE).add(wordsB).convert(VectorOperators.I2F, 0))
              .mul(
                  ((IntVector)
                          ShortVector.fromMemorySegment(SCALES, SPACE, atB, ByteOrder.LITTLE_ENDIAN)
                              .castShape(INT, 0))
                      .lanewise(VectorOperators.LSHL, Short.SIZE - HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, sumB);
    }
    sumA.intoArray(sums, rowA);
    sumB.intoArray(sums, rowB);
  }
}
