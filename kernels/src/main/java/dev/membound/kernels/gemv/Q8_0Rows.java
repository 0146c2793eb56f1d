package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;

/**
 * Q8_0 in GGUF order, activations of 8 bits, but for the loop over steps. Activations stay bytes:
 * as 16-bit numbers, those of long rows would leave the first-level cache sooner.
 *
 * <p>A step multiplies a vector of quants, of two blocks at 512 bits, of one at 256, of half a
 * block at 128. A 16-bit lane holds two weights. Its lower byte's sign bit flipped and subtracted
 * ({@link #SIGN}), it is the number {@code v = w₀ + 256·w₁}; as stored and shifted right by 8 it is
 * {@code w₁}. As in {@link NibbleRing}, {@code x₀·v + (x₁ − 256·x₀)·w₁} is {@code w₀·x₀ + w₁·x₁}
 * exactly modulo 2¹⁶, and its magnitude is at most 2 · 128 · 127 &lt; 2¹⁵.
 */
abstract class Q8_0Rows extends FarRows {
  /** A block's scale, a half. */
  static final ValueLayout.OfShort SCALE = HalfWidening.HALF;

  /** Bytes of a block before its quants. */
  static final int HEADER = Short.BYTES;

  static final int BLOCK = Int8Activations.BLOCK;
  static final int BLOCK_BYTES = QuantType.Q8_0.blockBytes();
  static final int VECTOR_BYTES = BYTE.length();

  /** Blocks that a step takes. */
  static final int STEP_BLOCKS = Math.max(1, VECTOR_BYTES / BLOCK);

  /** Whether two blocks fill a vector. */
  static final boolean TWO_BLOCKS = STEP_BLOCKS == 2;

  /** Vectors that a step's quants fill. */
  static final int PARTS = Math.max(1, BLOCK / VECTOR_BYTES);

  /** Columns of a step. */
  static final int STEP_COLS = STEP_BLOCKS * BLOCK;

  static final int STEP_BYTES = STEP_BLOCKS * BLOCK_BYTES;

  /**
   * Where the load starts whose upper half is the second block's quants; the step ends with it, so
   * that nothing is read past it.
   */
  static final int SECOND_LOAD = STEP_BYTES - VECTOR_BYTES;

  /** The lanes of a step's second block. */
  static final VectorMask<Byte> SECOND_BYTES = VectorMask.fromLong(BYTE, -1L << VECTOR_BYTES / 2);

  /** The sign bit of the lower byte of a 16-bit lane. */
  static final short SIGN = 0x80;

  /**
   * Puts the scale of a lane's block into both halves of each int lane of a step's first load. Of
   * 16-bit lanes: many CPUs with AVX-512 cannot permute bytes.
   */
  static final ShortVector SCALES = scalePermutation();

  /** Of lanes with a step's two scales in turn, the first for the lower half, then the second. */
  static final IntVector TWO_SCALES =
      IntVector.zero(INT).blend(1, VectorMask.fromLong(INT, -1L << FLOATS / 2));

  private final byte[] quants;

  /** One a step: its blocks' as bits, times what {@link HalfWidening} leaves out; first lowest. */
  private final long[] scales;

  private final int blocks;
  private final Int8Activations activations;
  private float resultScale;

  Q8_0Rows(int rowsAtOnce, int cols, int workers) {
    super(rowsAtOnce, QuantType.Q8_0.rowBytes(cols), workers);
    blocks = cols / BLOCK;
    activations = new Int8Activations(cols);
    quants = new byte[cols];
    scales = new long[blocks / STEP_BLOCKS];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    for (int i = 0; i < quants.length; i++) {
      quants[i] = (byte) activations.quants[i];
    }
    float largest = VectorMath.largestMagnitude(activations.scales, 0, blocks);
    float factor = HalfWidening.factorScale(largest);
    resultScale = HalfWidening.resultScale(largest);
    for (int step = 0; step < scales.length; step++) {
      int block = step * STEP_BLOCKS;
      float first = activations.scales[block] * factor;
      float last = activations.scales[block + STEP_BLOCKS - 1] * factor;
      scales[step] =
          Float.floatToRawIntBits(last) * (1L << Float.SIZE)
              + Integer.toUnsignedLong(Float.floatToRawIntBits(first));
    }
  }

  @Override
  float resultScale() {
    return resultScale;
  }

  @Override
  int stepCols() {
    return blocks / STEP_BLOCKS * STEP_COLS;
  }

  @Override
  boolean multiplySteps(long first, long distance, float[] lanes) {
    int scaleBits = dot(first, distance, STEP_BYTES, blocks / STEP_BLOCKS, quants, scales, lanes);
    return !HalfWidening.mayNotBeFinite(scaleBits);
  }

  /**
   * The loop over steps.
   *
   * @param stride bytes of a step; a parameter, since the compiler splits loops with a constant one
   * @return the union of the widened scales' bits
   */
  abstract int dot(
      long first, long distance, long stride, int steps, byte[] x, long[] scales, float[] lanes);

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
      for (int i = 0; i < BLOCK; i++) {
        dot += w.get(ValueLayout.JAVA_BYTE, at + HEADER + i) * quants[block * BLOCK + i];
      }
      total += dot * (Float.float16ToFloat(w.get(SCALE, at)) * activations.scales[block]);
    }
    return total;
  }

  private static ShortVector scalePermutation() {
    short[] from = new short[SHORT.length()];
    for (int lane = 0; lane < from.length; lane++) {
      from[lane] = (short) (lane * Short.BYTES / BLOCK * BLOCK_BYTES / Short.BYTES);
    }
    return ShortVector.fromArray(SHORT, from, 0);
  }
}
