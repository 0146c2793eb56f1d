package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * 8-bit integers under a scale for every 128, lane = row, 8-bit activations: biased bytes are
 * multiplied as {@link Q8_0PackedKernel} does.
 */
final class Int8Block128PackedKernel extends PackedKernel {
  private static final int BLOCK = 128;
  private static final int GROUP = Int8Activations.BLOCK;
  private static final int GROUPS = BLOCK / GROUP;
  private static final int WORDS = GROUP / Integer.BYTES;
  private static final int BIAS = 128;
  private static final int VECTOR_BYTES = INT.vectorByteSize();

  private final Int8Activations activations;
  private final int[] coefficients;
  private final int[] start;

  Int8Block128PackedKernel(int rows, int cols) {
    super(QuantType.INT8_B128, rows, cols);
    activations = new Int8Activations(cols);
    coefficients = new int[cols];
    start = new int[cols / GROUP];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    int[] quants = activations.quants;
    ByteRing.fill(quants, coefficients);
    for (int group = 0; group < start.length; group++) {
      start[group] = -BIAS * VectorMath.sum(quants, group * GROUP, GROUP);
    }
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        a,
        b,
        layout.tileUnitBytes(),
        coefficients,
        start,
        activations.scales,
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
      int[] coefficients,
      int[] start,
      float[] scales,
      int firstBlock,
      int blocks,
      float[] sums,
      int rowA,
      int rowB) {
    FloatVector sumA = FloatVector.fromArray(FLOAT, sums, rowA);
    FloatVector sumB = FloatVector.fromArray(FLOAT, sums, rowB);
    for (int i = 0; i < blocks; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      FloatVector blockA = FloatVector.zero(FLOAT);
      FloatVector blockB = FloatVector.zero(FLOAT);
      for (int inBlock = 0; inBlock < GROUPS; inBlock++) {
        int group = (firstBlock + i) * GROUPS + inBlock;
        IntVector dotA = IntVector.broadcast(INT, start[group]);
        IntVector dotB = dotA;
        for (int word = 0; word < WORDS; word++) {
          long in = (long) (inBlock * WORDS + word + 1) * VECTOR_BYTES;
          int at = group * GROUP + word * Integer.BYTES;
          IntVector wa = IntVector.fromMemorySegment(INT, SPACE, atA + in, ByteOrder.LITTLE_ENDIAN);
          IntVector wb = IntVector.fromMemorySegment(INT, SPACE, atB + in, ByteOrder.LITTLE_ENDIAN);
          IntVector c0 = IntVector.broadcast(INT, coefficients[at]);
          IntVector c1 = IntVector.broadcast(INT, coefficients[at + 1]);
          IntVector c2 = IntVector.broadcast(INT, coefficients[at + 2]);
          IntVector c3 = IntVector.broadcast(INT, coefficients[at + 3]);
          dotA =
              wa.mul(c0)
                  .add(dotA)
                  .add(wa.lanewise(VectorOperators.LSHR, 8).mul(c1))
                  .add(wa.lanewise(VectorOperators.LSHR, 16).mul(c2))
                  .add(wa.lanewise(VectorOperators.LSHR, 24).mul(c3));
          dotB =
              wb.mul(c0)
                  .add(dotB)
                  .add(wb.lanewise(VectorOperators.LSHR, 8).mul(c1))
                  .add(wb.lanewise(VectorOperators.LSHR, 16).mul(c2))
                  .add(wb.lanewise(VectorOperators.LSHR, 24).mul(c3));
        }
        FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
        blockA = ((FloatVector) dotA.convert(VectorOperators.I2F, 0)).fma(scale, blockA);
        blockB = ((FloatVector) dotB.convert(VectorOperators.I2F, 0)).fma(scale, blockB);
      }
      sumA =
          FloatVector.fromMemorySegment(FLOAT, SPACE, atA, ByteOrder.LITTLE_ENDIAN)
              .fma(blockA, sumA);
      sumB =
          FloatVector.fromMemorySegment(FLOAT, SPACE, atB, ByteOrder.LITTLE_ENDIAN)
              .fma(blockB, sumB);
    }
    sumA.intoArray(sums, rowA);
    sumB.intoArray(sums, rowB);
  }
}
