package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.BYTE;
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

/**
 * Q4_0 in GGUF order, 8-bit activations. Two loads cover as many blocks as fill a vector with
 * codes; one constant permutation over both gathers the codes, another the scales. The codes are
 * multiplied as {@link NibbleRing} says; 4 float lanes belong to a block.
 */
final class Q4_0FileKernel extends FarRows {
  private static final ValueLayout.OfShort SCALE =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
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
  private final short[] c0;
  private final short[] c1;
  private final short[] c2;
  private final short[] c3;
  private final short[] start;
  private final float[] scales;
  private float resultScale;

  Q4_0FileKernel(int cols, int workers) {
    super(QuantType.Q4_0.rowBytes(cols), workers);
    blocks = cols / BLOCK;
    activations = new Int8Activations(cols);
    int words = blocks * NibbleRing.WORDS;
    c0 = new short[words];
    c1 = new short[words];
    c2 = new short[words];
    c3 = new short[words];
    start = new short[words];
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
        c0[i] = NibbleRing.c0(quants, block * BLOCK, word);
        c1[i] = NibbleRing.c1(quants, block * BLOCK, word);
        c2[i] = NibbleRing.c2(quants, block * BLOCK, word);
        c3[i] = NibbleRing.c3(quants, block * BLOCK, word);
        start[i] = NibbleRing.start(quants, block * BLOCK, word);
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
  boolean multiplySteps(MemorySegment w, long a, long b, float[] lanes) {
    int steps = blocks / STEP_BLOCKS;
    return dot(w, a, b, stepBytes, steps, c0, c1, c2, c3, start, scales, lanes);
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
      MemorySegment w,
      long a,
      long b,
      long stride,
      int steps,
      short[] c0,
      short[] c1,
      short[] c2,
      short[] c3,
      short[] start,
      float[] scales,
      float[] lanes) {
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    IntVector carries = IntVector.zero(Species.INT);
    int words = SHORT.length();
    for (int i = 0; i < steps; i++) {
      long atA = a + i * stride;
      long atB = b + i * stride;
      ByteVector firstA = ByteVector.fromMemorySegment(BYTE, w, atA, ByteOrder.LITTLE_ENDIAN);
      ByteVector firstB = ByteVector.fromMemorySegment(BYTE, w, atB, ByteOrder.LITTLE_ENDIAN);
      ByteVector secondA =
          ByteVector.fromMemorySegment(BYTE, w, atA + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN);
      ByteVector secondB =
          ByteVector.fromMemorySegment(BYTE, w, atB + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesA = CODES.selectFrom(firstA, secondA).reinterpretAsShorts();
      ShortVector codesB = CODES.selectFrom(firstB, secondB).reinterpretAsShorts();
      ShortVector x0 = ShortVector.fromArray(SHORT, c0, i * words);
      ShortVector x1 = ShortVector.fromArray(SHORT, c1, i * words);
      ShortVector x2 = ShortVector.fromArray(SHORT, c2, i * words);
      ShortVector x3 = ShortVector.fromArray(SHORT, c3, i * words);
      ShortVector x4 = ShortVector.fromArray(SHORT, start, i * words);
      IntVector dotsA =
          codesA
              .mul(x0)
              .add(x4)
              .add(codesA.lanewise(VectorOperators.LSHR, 4).mul(x1))
              .add(codesA.lanewise(VectorOperators.LSHR, 8).mul(x2))
              .add(codesA.lanewise(VectorOperators.LSHR, 12).mul(x3))
              .reinterpretAsInts();
      IntVector dotsB =
          codesB
              .mul(x0)
              .add(x4)
              .add(codesB.lanewise(VectorOperators.LSHR, 4).mul(x1))
              .add(codesB.lanewise(VectorOperators.LSHR, 8).mul(x2))
              .add(codesB.lanewise(VectorOperators.LSHR, 12).mul(x3))
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
