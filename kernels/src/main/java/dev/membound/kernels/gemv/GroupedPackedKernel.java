package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.IntVector;

/**
 * A packed kernel for blocks of codes under scales, with 8-bit activations, put together from two
 * loops: {@link CodeDots} multiplies a unit's codes in integers and leaves a sum for every group of
 * columns that shares a scale; {@link GroupScales} scales the sums. What passes between them stays
 * in the first-level cache, and costs two moves for a thousand weights; so five ways to store codes
 * and seven to store scales make all the formats.
 *
 * <p>A 16-bit lane is a row. Like {@link PackedKernel}, panel after panel and two far tiles at
 * once.
 */
final class GroupedPackedKernel implements GemvKernel {
  private static final int WORD_BYTES = INT.vectorByteSize();

  /** Vectors of floats that cover the rows of a tile. */
  static final int HALVES = 2;

  private final PackedLayout layout;
  private final Int8Activations activations;
  private final CodeDots dots;
  private final GroupScales scales;
  private final int groups;

  /** A sum for each row, padding included. */
  private final float[] sums;

  private final int scaleWords;

  /** For each worker, the integer sums of two tiles. */
  private final int[][] groupSums;

  /** For each worker, the scales of a unit of two tiles. */
  private final int[][] unitScales;

  GroupedPackedKernel(
      QuantType type, int rows, int cols, int workers, CodeDots dots, GroupScales scales) {
    layout = PackedLayout.of(type, rows, cols);
    activations = new Int8Activations(cols);
    this.dots = dots;
    this.scales = scales;
    groups = dots.groups();
    sums = new float[Math.multiplyExact(layout.tiles(), layout.tileRows())];
    scaleWords = ((SeparableCodec) type.codec()).scaleWords();
    groupSums = new int[workers][2 * groups * HALVES * FLOATS];
    unitScales = new int[workers][2 * scaleWords * FLOATS];
  }

  @Override
  public ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public int rowGrain() {
    return layout.tileRows();
  }

  @Override
  public void prepare(float[] x) {
    activations.quantize(x);
    dots.prepare(activations.quants);
    scales.prepare(activations);
  }

  @Override
  public void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int tileRows = layout.tileRows();
    int first = firstRow / tileRows;
    int end = Math.ceilDiv(endRow, tileRows);
    // An odd distance: at a power of two, both streams would meet page ends and cache sets together.
    int half = Math.ceilDiv(end - first, 2) | 1;
    Arrays.fill(sums, first * tileRows, end * tileRows, 0);
    int unit = 0;
    for (int panel = 0; panel < layout.panels(); panel++) {
      for (int tile = first; tile < Math.min(first + half, end); tile++) {
        int partner = tile + half < end ? tile + half : tile;
        multiplyTiles(w, panel, unit, tile, partner, groupSums[worker], unitScales[worker]);
      }
      unit += layout.units(panel);
    }
    System.arraycopy(sums, firstRow, y, firstRow, endRow - firstRow);
  }

  private void multiplyTiles(
      WeightMatrix w,
      int panel,
      int firstUnit,
      int tile,
      int partner,
      int[] groupSums,
      int[] unitScales) {
    int stride = layout.tileUnitBytes();
    int tileRows = layout.tileRows();
    long a = layout.tileOffset(panel, tile);
    long b = layout.tileOffset(panel, partner);
    int sumsOfB = groups * HALVES * FLOATS;
    int scalesOfB = scaleWords * FLOATS;
    for (int i = 0; i < layout.units(panel); i++) {
      int unit = firstUnit + i;
      long atA = a + (long) i * stride;
      long atB = b + (long) i * stride;
      copyScales(w.data(), atA, atB, WORD_BYTES, scaleWords, unitScales, scalesOfB);
      dots.multiply(w.data(), atA, atB, unit, groupSums, sumsOfB);
      scales.add(unitScales, 0, unit, groupSums, 0, sums, tile * tileRows);
      if (partner != tile) {
        scales.add(unitScales, scalesOfB, unit, groupSums, sumsOfB, sums, partner * tileRows);
      }
    }
  }

  /**
   * Copies the scales of both tiles while the streams pass them: to come back for them after the
   * codes breaks the streams up, and costs more than half the bandwidth.
   */
  private static void copyScales(
      MemorySegment w, long a, long b, long wordStride, int words, int[] unitScales, int scalesOfB) {
    for (int word = 0; word < words; word++) {
      long in = (long) word * wordStride;
      int to = word * FLOATS;
      IntVector.fromMemorySegment(INT, w, a + in, ByteOrder.LITTLE_ENDIAN)
          .intoArray(unitScales, to);
      IntVector.fromMemorySegment(INT, w, b + in, ByteOrder.LITTLE_ENDIAN)
          .intoArray(unitScales, scalesOfB + to);
    }
  }
}
