package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

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
 * Q4_0 in GGUF order, 8-bit activations. Two loads cover as many blocks as fill a vector with
 * codes; one constant permutation over both gathers the codes, another the scales. The codes are
 * multiplied as {@link NibbleRing} says; 4 float lanes belong to a block.
 */
final class Q4_0FileKernel extends FarRows {
  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final VectorSpecies<Byte> QUANTS =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / Short.BYTES));
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int BLOCK_BYTES = QuantType.Q4_0.blockBytes();
  private static final int HEADER = Short.BYTES;
  private static final int CODE_BYTES = BLOCK_BYTES - HEADER;
  private static final int LANES_PER_BLOCK = CODE_BYTES / Float.BYTES;
  private static final int VECTOR_BYTES = BYTE.length();
  private static final int STEP_BLOCKS = VECTOR_BYTES / CODE_BYTES;

  private static final int STEP_BYTES = STEP_BLOCKS * BLOCK_BYTES;

  /** Where the second load starts: it ends with the step, so that nothing is read past it. */
  private static final int SECOND_LOAD = STEP_BYTES - VECTOR_BYTES;

  private static final ByteVector CODES = codePermutation();
  private static final ByteVector SCALES = scalePermutation();

  private final int blocks;
  private final long stepBytes = STEP_BYTES;
  private final Int8Activations activations;

  /**
   * The word's four quants, for each word. As bytes, the coefficients being made of them in the
   * loop: with 14336 columns, 16-bit coefficients and two rows of weights would not fit L1.
   */
  private final byte[] x0;

  private final byte[] x1;
  private final byte[] x2;
  private final byte[] x3;
  private final float[] scales;
  private float resultScale;

  Q4_0FileKernel(int cols, int workers) {
    super(QuantType.Q4_0.rowBytes(cols), workers);
    blocks = cols / BLOCK;
    activations = new Int8Activations(cols);
    int words = blocks * NibbleRing.WORDS;
    x0 = new byte[words];
    x1 = new byte[words];
    x2 = new byte[words];
    x3 = new byte[words];
    scales = new float[blocks * LANES_PER_BLOCK];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    int[] quants = activations.quants;
    float largest = VectorMath.largestMagnitude(activations.scales, 0, blocks);
    float factor = HalfWidening.factorScale(largest);
    resultScale = HalfWidening.resultScale(largest);
    for (int block = 0; block < blocks; block++) {
      for (int word = 0; word < NibbleRing.WORDS; word++) {
        int i = block * NibbleRing.WORDS + word;
        int at = block * BLOCK + 2 * word;
        x0[i] = (byte) quants[at];
        x1[i] = (byte) quants[at + CODE_BYTES];
        x2[i] = (byte) quants[at + 1];
        x3[i] = (byte) quants[at + 1 + CODE_BYTES];
      }
      for (int lane = 0; lane < LANES_PER_BLOCK; lane++) {
        scales[block * LANES_PER_BLOCK + lane] = activations.scales[block] * factor;
      }
    }
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  int stepCols() {
    return blocks / STEP_BLOCKS * STEP_BLOCKS * BLOCK;
  }

  @Override
  boolean multiplySteps(long a, long b, float[] lanes) {
    int steps = blocks / STEP_BLOCKS;
    return dot(a, b, stepBytes, steps, x0, x1, x2, x3, scales, lanes);
  }

  @Override
  float addTail(MemorySegment w, long row, int fromCol, float sum) {
    float total = sum;
    for (int block = fromCol / BLOCK; block < blocks; block++) {
      long at = row + (long) block * BLOCK_BYTES;
      int dot = 0;
      for (int j = 0; j < CODE_BYTES; j++) {
        int codes = w.get(ValueLayout.JAVA_BYTE, at + HEADER + j);
        dot += ((codes & 15) - NibbleRing.OFFSET) * activations.quants[block * BLOCK + j];
        dot +=
            ((codes >>> 4 & 15) - NibbleRing.OFFSET)
                * activations.quants[block * BLOCK + CODE_BYTES + j];
      }
      total += dot * Float.float16ToFloat(w.get(SCALE, at)) * activations.scales[block];
    }
    return total;
  }

  private static boolean dot(
      long a,
      long b,
      long stride,
      int steps,
      byte[] x0,
      byte[] x1,
      byte[] x2,
      byte[] x3,
      float[] scales,
      float[] lanes) {
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    IntVector carries = IntVector.zero(Species.INT);
    int words = SHORT.length();
    ShortVector by4 = ShortVector.broadcast(SHORT, (short) 4);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(a + i * stride);
      long atB = NativeAddress.within(b + i * stride);
      ByteVector firstA = ByteVector.fromMemorySegment(BYTE, SPACE, atA, ByteOrder.LITTLE_ENDIAN);
      ByteVector firstB = ByteVector.fromMemorySegment(BYTE, SPACE, atB, ByteOrder.LITTLE_ENDIAN);
      ByteVector secondA =
          ByteVector.fromMemorySegment(BYTE, SPACE, atA + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN);
      ByteVector secondB =
          ByteVector.fromMemorySegment(BYTE, SPACE, atB + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesA = CODES.selectFrom(firstA, secondA).reinterpretAsShorts();
      ShortVector codesB = CODES.selectFrom(firstB, secondB).reinterpretAsShorts();
      ShortVector q0 =
          (ShortVector) ByteVector.fromArray(QUANTS, x0, i * words).castShape(SHORT, 0);
      ShortVector q1 =
          (ShortVector) ByteVector.fromArray(QUANTS, x1, i * words).castShape(SHORT, 0);
      ShortVector q2 =
          (ShortVector) ByteVector.fromArray(QUANTS, x2, i * words).castShape(SHORT, 0);
      ShortVector q3 =
          (ShortVector) ByteVector.fromArray(QUANTS, x3, i * words).castShape(SHORT, 0);
      ShortVector c1 = q1.add(q0.mul((short) -16));
      ShortVector c2 = q2.add(q1.mul((short) -16));
      ShortVector c3 = q3.add(q2.mul((short) -16));
      ShortVector start = q0.add(q1).add(q2.add(q3)).mul((short) -NibbleRing.OFFSET);
      IntVector dotsA =
          codesA
              .mul(q0)
              .add(start)
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesA.lanewise(VectorOperators.LSHR, by4)
                          : codesA.lanewise(VectorOperators.LSHR, 4))
                      .mul(c1))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesA.lanewise(VectorOperators.LSHR, by8)
                          : codesA.lanewise(VectorOperators.LSHR, 8))
                      .mul(c2))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesA.lanewise(VectorOperators.LSHR, by12)
                          : codesA.lanewise(VectorOperators.LSHR, 12))
                      .mul(c3))
              .reinterpretAsInts();
      IntVector dotsB =
          codesB
              .mul(q0)
              .add(start)
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesB.lanewise(VectorOperators.LSHR, by4)
                          : codesB.lanewise(VectorOperators.LSHR, 4))
                      .mul(c1))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesB.lanewise(VectorOperators.LSHR, by8)
                          : codesB.lanewise(VectorOperators.LSHR, 8))
                      .mul(c2))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? codesB.lanewise(VectorOperators.LSHR, by12)
                          : codesB.lanewise(VectorOperators.LSHR, 12))
                      .mul(c3))
              .reinterpretAsInts();
      IntVector halvesA = SCALES.selectFrom(firstA, secondA).reinterpretAsInts();
      IntVector halvesB = SCALES.selectFrom(firstB, secondB).reinterpretAsInts();
      carries =
          halvesA
              .and(HalfWidening.EXPONENTS)
              .add(HalfWidening.EXPONENT_CARRY)
              .or(carries)
              .or(halvesB.and(HalfWidening.EXPONENTS).add(HalfWidening.EXPONENT_CARRY));
      FloatVector scale = FloatVector.fromArray(FLOAT, scales, i * FLOAT.length());
      sumA =
          ((FloatVector)
                  dotsA
                      .lanewise(VectorOperators.LSHL, 16)
                      .lanewise(VectorOperators.ASHR, 16)
                      .add(dotsA.lanewise(VectorOperators.ASHR, 16))
                      .convert(VectorOperators.I2F, 0))
              .mul(
                  halvesA
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, sumA);
      sumB =
          ((FloatVector)
                  dotsB
                      .lanewise(VectorOperators.LSHL, 16)
                      .lanewise(VectorOperators.ASHR, 16)
                      .add(dotsB.lanewise(VectorOperators.ASHR, 16))
                      .convert(VectorOperators.I2F, 0))
              .mul(
                  halvesB
                      .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT)
                      .and(HalfWidening.MASK)
                      .reinterpretAsFloats())
              .fma(scale, sumB);
    }
    sumA.intoArray(lanes, LANES_A);
    sumB.intoArray(lanes, LANES_B);
    return (carries.reduceLanes(VectorOperators.OR) & HalfWidening.SIGNS) == 0;
  }

  private static ByteVector codePermutation() {
    byte[] from = new byte[VECTOR_BYTES];
    for (int lane = 0; lane < VECTOR_BYTES; lane++) {
      int block = lane / CODE_BYTES;
      from[lane] = loaded(block * BLOCK_BYTES + HEADER + lane % CODE_BYTES);
    }
    return ByteVector.fromArray(BYTE, from, 0);
  }

  /** Puts a block's scale into both halves of each of its int lanes. */
  private static ByteVector scalePermutation() {
    byte[] from = new byte[VECTOR_BYTES];
    for (int lane = 0; lane < VECTOR_BYTES; lane++) {
      int block = lane / CODE_BYTES;
      from[lane] = loaded(block * BLOCK_BYTES + lane % HEADER);
    }
    return ByteVector.fromArray(BYTE, from, 0);
  }

  /** Lane of the two loads, one after the other, that holds a byte of the step. */
  private static byte loaded(int stepByte) {
    return (byte) (stepByte < VECTOR_BYTES ? stepByte : VECTOR_BYTES + stepByte - SECOND_LOAD);
  }
}
