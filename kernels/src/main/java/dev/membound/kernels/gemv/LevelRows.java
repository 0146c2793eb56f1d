package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.levels.LevelDecoder;
import dev.membound.kernels.levels.Levels;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;

/**
 * Any format whose weights are {@linkplain Levels integers under scales}, in GGUF order, 8-bit
 * activations: a chunk of a row is taken apart into the first-level cache, once for all vectors,
 * and multiplied from there. An int lane holds four columns, of which 16-bit lanes multiply two at
 * a time: {@code 2·128·127} just fits.
 */
final class LevelRows implements BatchKernel {
  /** A multiple of every block. */
  private static final int CHUNK_COLUMNS = 1024;

  private static final int BLOCK = Int8Activations.BLOCK;
  private static final int LANE_COLUMNS = Integer.BYTES;
  private static final int VECTOR_COLUMNS = BYTE.length();
  private static final int VECTOR_BYTES = BYTE.length();
  private static final int VECTOR_GROUPS = VECTOR_COLUMNS / Levels.GROUP;

  /** Two vectors, with an accumulator each: half as many roundings a lane. */
  private static final int STEP_COLUMNS = 2 * VECTOR_COLUMNS;

  /** Even quants, odd quants, scales. */
  private static final int PLANES = 3;

  private static final ValueLayout.OfShort QUANT = ValueLayout.JAVA_SHORT;
  private static final ValueLayout.OfFloat SCALE = ValueLayout.JAVA_FLOAT;

  /** Products of even and odd vectors, and of minima. */
  private static final int ACCUMULATORS = 3;

  /** A group's scale for each of its lanes. */
  private static final VectorShuffle<Float> GROUP_OF_LANE =
      VectorShuffle.fromOp(FLOAT, lane -> lane * LANE_COLUMNS / Levels.GROUP);

  private final LevelDecoder decoder;
  private final int rows;
  private final int cols;
  private final int batch;
  private final long rowBytes;
  private final int bytesPerChunk;

  /** Columns with padding: whole steps, and whole vectors of groups. */
  private final int paddedCols;

  private final Int8Activations[] activations;

  /**
   * Vector after vector, each {@link #planeBytes}: the quants at even columns as 16 bits, those at
   * odd columns, and an activation scale for each int lane. Off the heap, where vectors lie on
   * cache lines: in arrays each load would touch two.
   */
  private final MemorySegment planes;

  /** Two bytes for each pair of columns, four for each four. */
  private final int planeBytes;

  /** Vector after vector, the sum of each group's quantized activations. */
  private final float[] groupSums;

  private final Levels[] levels;
  private final float[][] lanes;

  LevelRows(QuantType type, LevelDecoder decoder, int rows, int cols, int batch, int workers) {
    this.decoder = decoder;
    this.rows = rows;
    this.cols = cols;
    this.batch = batch;
    rowBytes = type.rowBytes(cols);
    bytesPerChunk = CHUNK_COLUMNS / type.blockElements() * type.blockBytes();
    int multiple = Math.max(STEP_COLUMNS, FLOATS * Levels.GROUP);
    paddedCols = Math.ceilDiv(cols, multiple) * multiple;
    activations = new Int8Activations[workers];
    levels = new Levels[workers];
    lanes = new float[workers][batch * ACCUMULATORS * FLOATS];
    for (int worker = 0; worker < workers; worker++) {
      activations[worker] = new Int8Activations(cols);
      levels[worker] = new Levels(CHUNK_COLUMNS);
    }
    planeBytes = paddedCols;
    planes = OffHeap.allocate(Arena.ofAuto(), (long) PLANES * batch * planeBytes);
    groupSums = new float[batch * paddedCols / Levels.GROUP];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public int rowGrain() {
    return 1;
  }

  @Override
  public void prepare(float[] x, int worker, int workers) {
    Int8Activations quantized = activations[worker];
    for (int vector = worker; vector < batch; vector += workers) {
      quantized.quantize(x, vector * cols);
      long even = (long) PLANES * vector * planeBytes;
      for (int pair = 0; pair < cols / 2; pair++) {
        long at = even + (long) pair * Short.BYTES;
        planes.set(QUANT, at, (short) quantized.quants[2 * pair]);
        planes.set(QUANT, at + planeBytes, (short) quantized.quants[2 * pair + 1]);
      }
      for (int lane = 0; lane < cols / LANE_COLUMNS; lane++) {
        long at = even + 2L * planeBytes + (long) lane * Float.BYTES;
        planes.set(SCALE, at, quantized.scales[lane * LANE_COLUMNS / BLOCK]);
      }
      int groups = vector * paddedCols / Levels.GROUP;
      for (int group = 0; group < cols / Levels.GROUP; group++) {
        int sum = VectorMath.sum(quantized.quants, group * Levels.GROUP, Levels.GROUP);
        groupSums[groups + group] = sum * quantized.scales[group * Levels.GROUP / BLOCK];
      }
    }
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    float[] lanes = this.lanes[worker];
    long first = NativeAddress.of(w.data());
    for (int row = firstRow; row < endRow; row++) {
      Arrays.fill(lanes, 0);
      multiplyRow(first + row * rowBytes, levels[worker], lanes);
      for (int vector = 0; vector < batch; vector++) {
        int from = vector * ACCUMULATORS * FLOATS;
        y[vector * rows + row] =
            VectorMath.sumLanes(lanes, from)
                + VectorMath.sumLanes(lanes, from + FLOATS)
                - VectorMath.sumLanes(lanes, from + 2 * FLOATS);
      }
    }
    Reference.reachabilityFence(w);
  }

  private void multiplyRow(long row, Levels levels, float[] lanes) {
    for (int c = 0; c < cols; c += CHUNK_COLUMNS) {
      int columns = Math.min(CHUNK_COLUMNS, cols - c);
      decoder.decode(row + (long) (c / CHUNK_COLUMNS) * bytesPerChunk, columns, levels);
      if (decoder.canOverflow()) {
        levels.overflowed(columns);
      }
      if (columns % (FLOATS * Levels.GROUP) != 0 || columns % STEP_COLUMNS != 0) {
        levels.pad(columns);
      }
      for (int vector = 0; vector < batch; vector++) {
        int to = vector * ACCUMULATORS * FLOATS;
        addProducts(
            levels.levels(),
            levels.scales(),
            Math.ceilDiv(columns, STEP_COLUMNS),
            planes.address() + (long) PLANES * vector * planeBytes + c,
            planeBytes,
            lanes,
            to);
        if (decoder.hasMinima()) {
          int groups = Math.ceilDiv(columns, Levels.GROUP * FLOATS);
          int sums = (vector * paddedCols + c) / Levels.GROUP;
          addMinima(levels.minima(), groups, groupSums, sums, lanes, to + 2 * FLOATS);
        }
      }
    }
  }

  private static void addProducts(
      byte[] levels,
      float[] scales,
      int steps,
      long planes,
      long planeBytes,
      float[] lanes,
      int to) {
    FloatVector first = FloatVector.fromArray(FLOAT, lanes, to);
    FloatVector second = FloatVector.fromArray(FLOAT, lanes, to + FLOATS);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) Byte.SIZE);
    for (int i = 0; i < steps; i++) {
      long even = NativeAddress.within(planes + i * 2L * VECTOR_BYTES);
      long odd = NativeAddress.within(even + planeBytes);
      long scale = NativeAddress.within(odd + planeBytes);
      ShortVector firstPairs =
          ByteVector.fromArray(BYTE, levels, i * STEP_COLUMNS).reinterpretAsShorts();
      IntVector firstDots =
          (SHORT_SHIFTS_BY_VECTOR
                  ? firstPairs
                      .lanewise(VectorOperators.LSHL, by8)
                      .lanewise(VectorOperators.ASHR, by8)
                  : firstPairs
                      .lanewise(VectorOperators.LSHL, Byte.SIZE)
                      .lanewise(VectorOperators.ASHR, Byte.SIZE))
              .mul(ShortVector.fromMemorySegment(SHORT, SPACE, even, ByteOrder.LITTLE_ENDIAN))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? firstPairs.lanewise(VectorOperators.ASHR, by8)
                          : firstPairs.lanewise(VectorOperators.ASHR, Byte.SIZE))
                      .mul(
                          ShortVector.fromMemorySegment(
                              SHORT, SPACE, odd, ByteOrder.LITTLE_ENDIAN)))
              .reinterpretAsInts();
      first =
          firstDots
              .and(LaneSums.LOWER)
              .lanewise(VectorOperators.XOR, LaneSums.BIASED)
              .add(firstDots.lanewise(VectorOperators.ASHR, Short.SIZE))
              .reinterpretAsFloats()
              .sub(LaneSums.BIAS)
              .mul(
                  FloatVector.fromArray(FLOAT, scales, 2 * i * VECTOR_GROUPS)
                      .rearrange(GROUP_OF_LANE))
              .fma(
                  FloatVector.fromMemorySegment(FLOAT, SPACE, scale, ByteOrder.LITTLE_ENDIAN),
                  first);
      ShortVector secondPairs =
          ByteVector.fromArray(BYTE, levels, i * STEP_COLUMNS + VECTOR_COLUMNS)
              .reinterpretAsShorts();
      IntVector secondDots =
          (SHORT_SHIFTS_BY_VECTOR
                  ? secondPairs
                      .lanewise(VectorOperators.LSHL, by8)
                      .lanewise(VectorOperators.ASHR, by8)
                  : secondPairs
                      .lanewise(VectorOperators.LSHL, Byte.SIZE)
                      .lanewise(VectorOperators.ASHR, Byte.SIZE))
              .mul(
                  ShortVector.fromMemorySegment(
                      SHORT, SPACE, even + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN))
              .add(
                  (SHORT_SHIFTS_BY_VECTOR
                          ? secondPairs.lanewise(VectorOperators.ASHR, by8)
                          : secondPairs.lanewise(VectorOperators.ASHR, Byte.SIZE))
                      .mul(
                          ShortVector.fromMemorySegment(
                              SHORT, SPACE, odd + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN)))
              .reinterpretAsInts();
      second =
          secondDots
              .and(LaneSums.LOWER)
              .lanewise(VectorOperators.XOR, LaneSums.BIASED)
              .add(secondDots.lanewise(VectorOperators.ASHR, Short.SIZE))
              .reinterpretAsFloats()
              .sub(LaneSums.BIAS)
              .mul(
                  FloatVector.fromArray(FLOAT, scales, (2 * i + 1) * VECTOR_GROUPS)
                      .rearrange(GROUP_OF_LANE))
              .fma(
                  FloatVector.fromMemorySegment(
                      FLOAT, SPACE, scale + VECTOR_BYTES, ByteOrder.LITTLE_ENDIAN),
                  second);
    }
    first.intoArray(lanes, to);
    second.intoArray(lanes, to + FLOATS);
  }

  private static void addMinima(
      float[] minima, int vectors, float[] sums, int sumsAt, float[] lanes, int to) {
    FloatVector total = FloatVector.fromArray(FLOAT, lanes, to);
    for (int i = 0; i < vectors; i++) {
      total =
          FloatVector.fromArray(FLOAT, minima, i * FLOATS)
              .fma(FloatVector.fromArray(FLOAT, sums, sumsAt + i * FLOATS), total);
    }
    total.intoArray(lanes, to);
  }
}
