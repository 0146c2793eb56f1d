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
 * 8-bit integers under a scale for every 128, lane = row, 8-bit activations: biased bytes are
 * multiplied as {@link Q8_0PackedKernel} does.
 */
final class Int8Block128PackedKernel extends PackedKernel {
  private static final int BLOCK = 128;
  private static final int GROUP = Int8Activations.BLOCK;
  private static final int GROUPS = BLOCK / GROUP;
  private static final int WORDS = GROUP / ByteRing.COLUMNS;
  private static final int VECTOR_BYTES = INT.vectorByteSize();

  private final Int8Activations activations;
  private final int[] coefficients;

  Int8Block128PackedKernel(int rows, int cols) {
    super(QuantType.INT8_B128, rows, cols);
    activations = new Int8Activations(cols);
    coefficients = new int[ByteRing.count(cols)];
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
  }

  @Override
  void multiplyTiles(long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB) {
    addProducts(
        a,
        b,
        layout.tileUnitBytes(),
        coefficients,
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
      FloatVector blockA = FloatVector.zero(FLOAT);
      FloatVector blockB = FloatVector.zero(FLOAT);
      for (int inBlock = 0; inBlock < GROUPS; inBlock++) {
        int group = (firstBlock + i) * GROUPS + inBlock;
        IntVector upperA = IntVector.zero(INT);
        IntVector upperB = upperA;
        IntVector wordsA = IntVector.broadcast(INT, ByteRing.start(WORDS));
        IntVector wordsB = wordsA;
        for (int word = 0; word < WORDS; word++) {
          long in = (long) (inBlock * WORDS + word + 1) * VECTOR_BYTES;
          int at = (group * WORDS + word) * ByteRing.COEFFICIENTS;
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
        FloatVector scale = FloatVector.broadcast(FLOAT, scales[group]);
        blockA =
            ((FloatVector)
                    upperA.mul(ByteRing.UPPER_ONCE).add(wordsA).convert(VectorOperators.I2F, 0))
                .fma(scale, blockA);
        blockB =
            ((FloatVector)
                    upperB.mul(ByteRing.UPPER_ONCE).add(wordsB).convert(VectorOperators.I2F, 0))
                .fma(scale, blockB);
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
