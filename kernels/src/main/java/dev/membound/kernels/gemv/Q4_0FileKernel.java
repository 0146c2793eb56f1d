package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
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
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * Q4_0 in GGUF order, 8-bit activations, four far rows: of the instructions a step, a sixth makes
 * coefficients of activations, and more rows share them. A step takes as many blocks as fill a
 * vector with codes; they are multiplied as {@link NibbleRing} says, and 4 float lanes belong to a
 * block. At 512 bits a permutation gathers codes and another scales.
 */
final class Q4_0FileKernel extends FarRows {
  private static final ValueLayout.OfShort SCALE = HalfWidening.HALF;
  private static final VectorSpecies<Byte> QUANTS =
      VectorSpecies.of(
          byte.class, VectorShape.forBitSize(Species.SHAPE.vectorBitSize() / Short.BYTES));
  private static final int ROWS = 4;
  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int BLOCK_BYTES = QuantType.Q4_0.blockBytes();
  private static final int HEADER = Short.BYTES;
  private static final int CODE_BYTES = BLOCK_BYTES - HEADER;
  private static final int LANES_PER_BLOCK = CODE_BYTES / Float.BYTES;
  private static final int VECTOR_BYTES = BYTE.length();
  private static final int STEP_BLOCKS = VECTOR_BYTES / CODE_BYTES;
  private static final int STEP_BYTES = STEP_BLOCKS * BLOCK_BYTES;

  /** Four blocks a step; below it is two, or one. */
  private static final boolean FOUR_BLOCKS = STEP_BLOCKS == 4;

  /**
   * Where the load starts whose upper end is the last block's codes; it ends with the step, so that
   * nothing is read past it.
   */
  private static final int LAST_LOAD = STEP_BYTES - VECTOR_BYTES;

  /** Where the last block starts. */
  private static final int LAST_BLOCK = STEP_BYTES - BLOCK_BYTES;

  /** The lanes of the last block. */
  private static final VectorMask<Byte> LAST_BYTES =
      VectorMask.fromLong(BYTE, -1L << VECTOR_BYTES - CODE_BYTES);

  private static final VectorMask<Short> LAST_SHORTS =
      VectorMask.fromLong(SHORT, -1L << (VECTOR_BYTES - CODE_BYTES) / Short.BYTES);

  /**
   * Puts the codes of all blocks but the last, which a step's first load has, where they belong. Of
   * 16-bit lanes: many CPUs with AVX-512 cannot permute bytes.
   */
  private static final ShortVector CODES = permutation(HEADER, CODE_BYTES);

  /** Puts a block's scale into both halves of each of its int lanes. */
  private static final ShortVector SCALES = permutation(0, HEADER);

  private static final int UPPER = 0xFFFF_0000;

  /** Times a lane of two halves, has their sum modulo 2¹⁶ in the upper one. */
  private static final int SUM_HALVES = 0x1_0001;

  private final int blocks;
  private final Int8Activations activations;

  /**
   * The word's four quants, for each word. As bytes, the coefficients being made of them in the
   * loop: with 14336 columns, 16-bit coefficients and four rows of weights would not fit L1.
   */
  private final byte[] x0;

  private final byte[] x1;
  private final byte[] x2;
  private final byte[] x3;
  private final float[] scales;
  private float resultScale;

  Q4_0FileKernel(int cols, int workers) {
    super(ROWS, QuantType.Q4_0.rowBytes(cols), workers);
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
    resultScale = HalfWidening.resultScale(largest) * 0x1p-16f; // sums stand in upper halves
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
  boolean multiplySteps(long first, long distance, float[] lanes) {
    int steps = blocks / STEP_BLOCKS;
    int scaleBits = dot(first, distance, STEP_BYTES, steps, x0, x1, x2, x3, scales, lanes);
    return !HalfWidening.mayNotBeFinite(scaleBits);
  }

  @Override
  boolean isFinite(MemorySegment w, long row) {
    return HalfWidening.areFinite(w, row, blocks, BLOCK_BYTES);
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

  private static int dot(
      long first,
      long distance,
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
    FloatVector sumC = FloatVector.zero(FLOAT);
    FloatVector sumD = FloatVector.zero(FLOAT);
    IntVector union = IntVector.zero(INT);
    int words = SHORT.length();
    ShortVector by4 = ShortVector.broadcast(SHORT, (short) 4);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    ShortVector by12 = ShortVector.broadcast(SHORT, (short) 12);
    for (int i = 0; i < steps; i++) {
      long at = first + i * stride;
      long atA = NativeAddress.within(at);
      long atB = NativeAddress.within(at + distance);
      long atC = NativeAddress.within(at + 2 * distance);
      long atD = NativeAddress.within(at + 3 * distance);
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
      FloatVector scale = FloatVector.fromArray(FLOAT, scales, i * FLOATS);
      ByteVector firstA =
          ByteVector.fromMemorySegment(
              BYTE, SPACE, FOUR_BLOCKS ? atA : atA + HEADER, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesA =
          (FOUR_BLOCKS
                  ? CODES.selectFrom(firstA.reinterpretAsShorts()).reinterpretAsBytes()
                  : firstA)
              .blend(
                  ByteVector.fromMemorySegment(
                      BYTE, SPACE, atA + LAST_LOAD, ByteOrder.LITTLE_ENDIAN),
                  LAST_BYTES)
              .reinterpretAsShorts();
      IntVector scaleA =
          (FOUR_BLOCKS
                  ? SCALES.selectFrom(firstA.reinterpretAsShorts()).reinterpretAsInts()
                  : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atA))
                      .blend(
                          ShortVector.broadcast(SHORT, SPACE.get(SCALE, atA + LAST_BLOCK)),
                          LAST_SHORTS)
                      .reinterpretAsInts())
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
      sumA =
          ((FloatVector)
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
                      .reinterpretAsInts()
                      .mul(SUM_HALVES)
                      .and(UPPER)
                      .convert(VectorOperators.I2F, 0))
              .mul(scaleA.and(HalfWidening.MASK).reinterpretAsFloats())
              .fma(scale, sumA);
      ByteVector firstB =
          ByteVector.fromMemorySegment(
              BYTE, SPACE, FOUR_BLOCKS ? atB : atB + HEADER, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesB =
          (FOUR_BLOCKS
                  ? CODES.selectFrom(firstB.reinterpretAsShorts()).reinterpretAsBytes()
                  : firstB)
              .blend(
                  ByteVector.fromMemorySegment(
                      BYTE, SPACE, atB + LAST_LOAD, ByteOrder.LITTLE_ENDIAN),
                  LAST_BYTES)
              .reinterpretAsShorts();
      IntVector scaleB =
          (FOUR_BLOCKS
                  ? SCALES.selectFrom(firstB.reinterpretAsShorts()).reinterpretAsInts()
                  : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atB))
                      .blend(
                          ShortVector.broadcast(SHORT, SPACE.get(SCALE, atB + LAST_BLOCK)),
                          LAST_SHORTS)
                      .reinterpretAsInts())
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
      sumB =
          ((FloatVector)
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
                      .reinterpretAsInts()
                      .mul(SUM_HALVES)
                      .and(UPPER)
                      .convert(VectorOperators.I2F, 0))
              .mul(scaleB.and(HalfWidening.MASK).reinterpretAsFloats())
              .fma(scale, sumB);
      ByteVector firstC =
          ByteVector.fromMemorySegment(
              BYTE, SPACE, FOUR_BLOCKS ? atC : atC + HEADER, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesC =
          (FOUR_BLOCKS
                  ? CODES.selectFrom(firstC.reinterpretAsShorts()).reinterpretAsBytes()
                  : firstC)
              .blend(
                  ByteVector.fromMemorySegment(
                      BYTE, SPACE, atC + LAST_LOAD, ByteOrder.LITTLE_ENDIAN),
                  LAST_BYTES)
              .reinterpretAsShorts();
      IntVector scaleC =
          (FOUR_BLOCKS
                  ? SCALES.selectFrom(firstC.reinterpretAsShorts()).reinterpretAsInts()
                  : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atC))
                      .blend(
                          ShortVector.broadcast(SHORT, SPACE.get(SCALE, atC + LAST_BLOCK)),
                          LAST_SHORTS)
                      .reinterpretAsInts())
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
      sumC =
          ((FloatVector)
                  codesC
                      .mul(q0)
                      .add(start)
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesC.lanewise(VectorOperators.LSHR, by4)
                                  : codesC.lanewise(VectorOperators.LSHR, 4))
                              .mul(c1))
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesC.lanewise(VectorOperators.LSHR, by8)
                                  : codesC.lanewise(VectorOperators.LSHR, 8))
                              .mul(c2))
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesC.lanewise(VectorOperators.LSHR, by12)
                                  : codesC.lanewise(VectorOperators.LSHR, 12))
                              .mul(c3))
                      .reinterpretAsInts()
                      .mul(SUM_HALVES)
                      .and(UPPER)
                      .convert(VectorOperators.I2F, 0))
              .mul(scaleC.and(HalfWidening.MASK).reinterpretAsFloats())
              .fma(scale, sumC);
      ByteVector firstD =
          ByteVector.fromMemorySegment(
              BYTE, SPACE, FOUR_BLOCKS ? atD : atD + HEADER, ByteOrder.LITTLE_ENDIAN);
      ShortVector codesD =
          (FOUR_BLOCKS
                  ? CODES.selectFrom(firstD.reinterpretAsShorts()).reinterpretAsBytes()
                  : firstD)
              .blend(
                  ByteVector.fromMemorySegment(
                      BYTE, SPACE, atD + LAST_LOAD, ByteOrder.LITTLE_ENDIAN),
                  LAST_BYTES)
              .reinterpretAsShorts();
      IntVector scaleD =
          (FOUR_BLOCKS
                  ? SCALES.selectFrom(firstD.reinterpretAsShorts()).reinterpretAsInts()
                  : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atD))
                      .blend(
                          ShortVector.broadcast(SHORT, SPACE.get(SCALE, atD + LAST_BLOCK)),
                          LAST_SHORTS)
                      .reinterpretAsInts())
              .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
      sumD =
          ((FloatVector)
                  codesD
                      .mul(q0)
                      .add(start)
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesD.lanewise(VectorOperators.LSHR, by4)
                                  : codesD.lanewise(VectorOperators.LSHR, 4))
                              .mul(c1))
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesD.lanewise(VectorOperators.LSHR, by8)
                                  : codesD.lanewise(VectorOperators.LSHR, 8))
                              .mul(c2))
                      .add(
                          (SHORT_SHIFTS_BY_VECTOR
                                  ? codesD.lanewise(VectorOperators.LSHR, by12)
                                  : codesD.lanewise(VectorOperators.LSHR, 12))
                              .mul(c3))
                      .reinterpretAsInts()
                      .mul(SUM_HALVES)
                      .and(UPPER)
                      .convert(VectorOperators.I2F, 0))
              .mul(scaleD.and(HalfWidening.MASK).reinterpretAsFloats())
              .fma(scale, sumD);
      union = scaleA.or(scaleB).or(union);
      union = scaleC.or(scaleD).or(union);
    }
    sumA.intoArray(lanes, LANES);
    sumB.intoArray(lanes, LANES + FLOATS);
    sumC.intoArray(lanes, LANES + 2 * FLOATS);
    sumD.intoArray(lanes, LANES + 3 * FLOATS);
    return union.reduceLanes(VectorOperators.OR);
  }

  /**
   * Gathers the first {@code bytes} of a field, again and again, for the lanes of each block of a
   * step's first load. What lies beyond that load is meaningless.
   */
  private static ShortVector permutation(int field, int bytes) {
    short[] from = new short[SHORT.length()];
    for (int lane = 0; lane < from.length; lane++) {
      int at = lane * Short.BYTES;
      int loaded = at / CODE_BYTES * BLOCK_BYTES + field + at % bytes;
      from[lane] = (short) Math.min(loaded / Short.BYTES, from.length - 1);
    }
    return ShortVector.fromArray(SHORT, from, 0);
  }
}
