package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
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
 * FP8, lane = row, float activations: an int lane holds four columns. Like {@link HalfWidening}, a
 * shift that extends the sign and a mask put a byte's bits where a BF16 has them, two columns of a
 * lane at once, and a shift or a mask makes floats of those; the exponent's missing bias is put on
 * the activations of each block as far as that does not overflow, and on the block's scale.
 */
final class Fp8PackedKernel extends PackedKernel {
  private static final int BLOCK = 128;
  private static final int WORDS = BLOCK / Integer.BYTES;
  private static final int VECTOR_BYTES = INT.vectorByteSize();
  private static final int UPPER = 0xFFFF_0000;
  private static final int LARGEST_EXPONENT = 100;

  private final int cols;
  private final int shift;
  private final int mask;
  private final int biasDifference;
  private final float[] scaled;

  /** What is still missing on the block's sum. */
  private final float[] missing;

  private Fp8PackedKernel(
      QuantType type, int rows, int cols, int shift, int mask, int biasDifference) {
    super(type, rows, cols);
    this.cols = cols;
    this.shift = shift;
    this.mask = mask;
    this.biasDifference = biasDifference;
    this.scaled = new float[cols];
    this.missing = new float[cols / BLOCK];
  }

  static Fp8PackedKernel e4m3(int rows, int cols) {
    return new Fp8PackedKernel(QuantType.FP8_E4M3_B128, rows, cols, 4, 0x87F0, 120);
  }

  static Fp8PackedKernel e5m2(int rows, int cols) {
    return new Fp8PackedKernel(QuantType.FP8_E5M2_B128, rows, cols, 3, 0x8FE0, 112);
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.FLOAT;
  }

  @Override
  public void prepare(float[] x) {
    for (int block = 0; block < cols / BLOCK; block++) {
      float largest = VectorMath.largestMagnitude(x, block * BLOCK, BLOCK);
      int exponent = Math.min(biasDifference, LARGEST_EXPONENT - Math.getExponent(largest));
      exponent =
          Math.max(exponent, biasDifference - Float.MAX_EXPONENT); // what is missing is finite
      float factor = Math.scalb(1f, exponent);
      for (int c = block * BLOCK; c < (block + 1) * BLOCK; c++) {
        scaled[c] = x[c] * factor;
      }
      missing[block] = Math.scalb(1f, biasDifference - exponent);
    }
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    int stride = layout.tileUnitBytes();
    addProducts(a, b, stride, shift, mask, scaled, missing, firstUnit, units, sums, rowA, rowB);
  }

  private static void addProducts(
      long a,
      long b,
      long stride,
      int shift,
      int mask,
      float[] x,
      float[] missing,
      int firstBlock,
      int blocks,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector sumB = FloatVector.fromArray(FLOAT, sums, rowB);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) Byte.SIZE);
    ShortVector byShift = ShortVector.broadcast(SHORT, (short) shift);
    ShortVector bits = ShortVector.broadcast(SHORT, (short) mask);
    for (int i = 0; i < blocks; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      long codesA = atA + VECTOR_BYTES;
      long codesB = atB + VECTOR_BYTES;
      FloatVector blockA0 = FloatVector.zero(FLOAT);
      FloatVector blockA1 = FloatVector.zero(FLOAT);
      FloatVector blockA2 = FloatVector.zero(FLOAT);
      FloatVector blockA3 = FloatVector.zero(FLOAT);
      FloatVector blockB0 = FloatVector.zero(FLOAT);
      FloatVector blockB1 = FloatVector.zero(FLOAT);
      FloatVector blockB2 = FloatVector.zero(FLOAT);
      FloatVector blockB3 = FloatVector.zero(FLOAT);
      for (int word = 0; word < WORDS; word++) {
        long in = (long) word * VECTOR_BYTES;
        int at = (firstBlock + i) * BLOCK + word * Integer.BYTES;
        IntVector wa =
            IntVector.fromMemorySegment(INT, SPACE, codesA + in, ByteOrder.LITTLE_ENDIAN);
        IntVector wb =
            IntVector.fromMemorySegment(INT, SPACE, codesB + in, ByteOrder.LITTLE_ENDIAN);
        FloatVector x0 = FloatVector.broadcast(FLOAT, x[at]);
        FloatVector x1 = FloatVector.broadcast(FLOAT, x[at + 1]);
        FloatVector x2 = FloatVector.broadcast(FLOAT, x[at + 2]);
        FloatVector x3 = FloatVector.broadcast(FLOAT, x[at + 3]);
        ShortVector bytesA = wa.reinterpretAsShorts();
        ShortVector oddA =
            (SHORT_SHIFTS_BY_VECTOR
                    ? bytesA.lanewise(VectorOperators.ASHR, byShift)
                    : bytesA.lanewise(VectorOperators.ASHR, shift))
                .and(bits);
        ShortVector evenA =
            (SHORT_SHIFTS_BY_VECTOR
                    ? bytesA
                        .lanewise(VectorOperators.LSHL, by8)
                        .lanewise(VectorOperators.ASHR, byShift)
                    : bytesA
                        .lanewise(VectorOperators.LSHL, Byte.SIZE)
                        .lanewise(VectorOperators.ASHR, shift))
                .and(bits);
        blockA0 =
            evenA
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats()
                .fma(x0, blockA0);
        blockA1 =
            oddA.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats()
                .fma(x1, blockA1);
        blockA2 = evenA.reinterpretAsInts().and(UPPER).reinterpretAsFloats().fma(x2, blockA2);
        blockA3 = oddA.reinterpretAsInts().and(UPPER).reinterpretAsFloats().fma(x3, blockA3);
        ShortVector bytesB = wb.reinterpretAsShorts();
        ShortVector oddB =
            (SHORT_SHIFTS_BY_VECTOR
                    ? bytesB.lanewise(VectorOperators.ASHR, byShift)
                    : bytesB.lanewise(VectorOperators.ASHR, shift))
                .and(bits);
        ShortVector evenB =
            (SHORT_SHIFTS_BY_VECTOR
                    ? bytesB
                        .lanewise(VectorOperators.LSHL, by8)
                        .lanewise(VectorOperators.ASHR, byShift)
                    : bytesB
                        .lanewise(VectorOperators.LSHL, Byte.SIZE)
                        .lanewise(VectorOperators.ASHR, shift))
                .and(bits);
        blockB0 =
            evenB
                .reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats()
                .fma(x0, blockB0);
        blockB1 =
            oddB.reinterpretAsInts()
                .lanewise(VectorOperators.LSHL, 16)
                .reinterpretAsFloats()
                .fma(x1, blockB1);
        blockB2 = evenB.reinterpretAsInts().and(UPPER).reinterpretAsFloats().fma(x2, blockB2);
        blockB3 = oddB.reinterpretAsInts().and(UPPER).reinterpretAsFloats().fma(x3, blockB3);
      }
      FloatVector scaleA =
          FloatVector.fromMemorySegment(FLOAT, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      FloatVector scaleB =
          FloatVector.fromMemorySegment(FLOAT, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      FloatVector unit = FloatVector.broadcast(FLOAT, missing[firstBlock + i]);
      sumA = blockA0.add(blockA1).add(blockA2.add(blockA3)).mul(unit).fma(scaleA, sumA);
      sumB = blockB0.add(blockB1).add(blockB2.add(blockB3)).mul(unit).fma(scaleB, sumB);
    }
    sumA.intoArray(sums, rowA);
    sumB.intoArray(sums, rowB);
  }
}
