package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Q8_0, lane = row, 8-bit activations. An int lane holds four columns as bytes biased by 128, which
 * are multiplied as two pairs in 16 bits: with {@code v = b₀ + 2⁸b₁}, the sum {@code x₀·v + (x₁ −
 * 2⁸x₀)·(v >>> 8)} is {@code x₀b₀ + x₁b₁} modulo 2¹⁶. Started at {@code 2¹⁵ − 128(x₀ + x₁)} it is
 * the pair's true sum, of at most 2 · 127 · 128, plus 2¹⁵: never negative, never carrying. So both
 * pairs of a word can be added up in one int as they are, and the upper pairs once more alone; what
 * the upper pairs add to the first sum is subtracted once a block.
 */
final class Q8_0PackedKernel extends PackedKernel {
  private static final VectorSpecies<Short> SCALES =
      VectorSpecies.of(short.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / 2));
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int WORDS = BLOCK / Integer.BYTES;
  private static final int BIAS = 128;
  private static final int RING = 256;
  private static final int PAIR_BIAS = 1 << 15;

  /** Ints a word: factors of its even and of its odd bytes, and where its pairs' sums start. */
  private static final int WORD_FACTORS = 3;

  private static final int BLOCK_FACTORS = WORDS * WORD_FACTORS;
  private static final int HEADER_BYTES = SCALES.vectorByteSize();
  private static final int WORD_BYTES = INT.vectorByteSize();

  private final Int8Activations activations;

  /** Each holds two 16-bit numbers, one for each pair of a word. */
  private final int[] factors;

  private final float[] scales;
  private float resultScale;

  Q8_0PackedKernel(int rows, int cols) {
    super(QuantType.Q8_0, rows, cols);
    activations = new Int8Activations(cols);
    factors = new int[cols / BLOCK * BLOCK_FACTORS];
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
    for (int block = 0; block < scales.length; block++) {
      for (int word = 0; word < WORDS; word++) {
        int from = block * BLOCK + word * Integer.BYTES;
        int at = block * BLOCK_FACTORS + word * WORD_FACTORS;
        factors[at] = pair(quants[from], quants[from + 2]);
        factors[at + 1] =
            pair(
                quants[from + 1] - RING * quants[from], quants[from + 3] - RING * quants[from + 2]);
        factors[at + 2] =
            pair(
                PAIR_BIAS - BIAS * (quants[from] + quants[from + 1]),
                PAIR_BIAS - BIAS * (quants[from + 2] + quants[from + 3]));
      }
      scales[block] = activations.scales[block] * factor;
    }
  }

  private static int pair(int lower, int upper) {
    return lower & 0xFFFF | upper << Short.SIZE;
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  void multiplyTiles(
      MemorySegment w, long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        w,
        a,
        b,
        layout.tileUnitBytes(),
        WORD_BYTES,
        factors,
        scales,
        firstUnit,
        units,
        sums,
        rowA,
        rowB);
  }

  private static void addProducts(
      MemorySegment w,
      long a,
      long b,
      long stride,
      long wordStride,
      int[] factors,
      float[] scales,
      int firstBlock,
      int blocks,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector sumB = FloatVector.fromArray(FLOAT, sums, rowB);
    for (int i = 0; i < blocks; i++) {
      long atA = a + i * stride;
      long atB = b + i * stride;
      IntVector pairsA = IntVector.broadcast(INT, -2 * WORDS * PAIR_BIAS);
      IntVector pairsB = pairsA;
      IntVector upperA = IntVector.zero(INT);
      IntVector upperB = upperA;
      for (int word = 0; word < WORDS; word++) {
        long in = HEADER_BYTES + word * wordStride;
        int at = (firstBlock + i) * BLOCK_FACTORS + word * WORD_FACTORS;
        ShortVector even = IntVector.broadcast(INT, factors[at]).reinterpretAsShorts();
        ShortVector odd = IntVector.broadcast(INT, factors[at + 1]).reinterpretAsShorts();
        ShortVector start = IntVector.broadcast(INT, factors[at + 2]).reinterpretAsShorts();
        ShortVector wa = ShortVector.fromMemorySegment(SHORT, w, atA + in, ByteOrder.LITTLE_ENDIAN);
        ShortVector wb = ShortVector.fromMemorySegment(SHORT, w, atB + in, ByteOrder.LITTLE_ENDIAN);
        IntVector sumsA =
            wa.mul(even)
                .add(start)
                .add(wa.lanewise(VectorOperators.LSHR, 8).mul(odd))
                .reinterpretAsInts();
        IntVector sumsB =
            wb.mul(even)
                .add(start)
                .add(wb.lanewise(VectorOperators.LSHR, 8).mul(odd))
                .reinterpretAsInts();
        pairsA = pairsA.add(sumsA);
        pairsB = pairsB.add(sumsB);
        upperA = upperA.add(sumsA.lanewise(VectorOperators.LSHR, Short.SIZE));
        upperB = upperB.add(sumsB.lanewise(VectorOperators.LSHR, Short.SIZE));
      }
      IntVector dotA = pairsA.add(upperA).sub(upperA.lanewise(VectorOperators.LSHL, Short.SIZE));
      IntVector dotB = pairsB.add(upperB).sub(upperB.lanewise(VectorOperators.LSHL, Short.SIZE));
      FloatVector scale = FloatVector.broadcast(FLOAT, scales[firstBlock + i]);
      sumA =
          ((FloatVector) dotA.convert(VectorOperators.I2F, 0))
              .mul(
                  ((IntVector)
                          ShortVector.fromMemorySegment(SCALES, w, atA, ByteOrder.LITTLE_ENDIAN)
                              .castShape(INT, 0))
                      .lanewise(VectorOperators.LSHL, Short.SIZE - HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, sumA);
      sumB =
          ((FloatVector) dotB.convert(VectorOperators.I2F, 0))
              .mul(
                  ((IntVector)
                          ShortVector.fromMemorySegment(SCALES, w, atB, ByteOrder.LITTLE_ENDIAN)
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
