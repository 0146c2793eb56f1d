package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.util.Arrays;

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
  /** Vectors of floats that cover the rows of a tile. */
  static final int HALVES = 2;

  private final PackedLayout layout;
  private final Int8Activations activations;
  private final CodeDots dots;
  private final GroupScales scales;
  private final int groups;

  /** A sum for each row, padding included. */
  private final float[] sums;

  /** For each worker, the integer sums of two tiles. */
  private final int[][] groupSums;

  GroupedPackedKernel(
      QuantType type, int rows, int cols, int workers, CodeDots dots, GroupScales scales) {
    layout = PackedLayout.of(type, rows, cols);
    activations = new Int8Activations(cols);
    this.dots = dots;
    this.scales = scales;
    groups = dots.groups();
    sums = new float[Math.multiplyExact(layout.tiles(), layout.tileRows())];
    groupSums = new int[workers][2 * groups * HALVES * FLOATS];
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
    int half = Math.ceilDiv(end - first, 2);
    Arrays.fill(sums, first * tileRows, end * tileRows, 0);
    int unit = 0;
    for (int panel = 0; panel < layout.panels(); panel++) {
      for (int tile = first; tile < first + half; tile++) {
        int partner = tile + half < end ? tile + half : tile;
        multiplyTiles(w, panel, unit, tile, partner, groupSums[worker]);
      }
      unit += layout.units(panel);
    }
    System.arraycopy(sums, firstRow, y, firstRow, endRow - firstRow);
  }

  private void multiplyTiles(
      WeightMatrix w, int panel, int firstUnit, int tile, int partner, int[] groupSums) {
    int stride = layout.tileUnitBytes();
    int tileRows = layout.tileRows();
    long a = layout.tileOffset(panel, tile);
    long b = layout.tileOffset(panel, partner);
    int sumsOfB = groups * HALVES * FLOATS;
    for (int i = 0; i < layout.units(panel); i++) {
      long atA = a + (long) i * stride;
      long atB = b + (long) i * stride;
      dots.multiply(w.data(), atA, atB, firstUnit + i, groupSums, sumsOfB);
      scales.add(w.data(), atA, firstUnit + i, groupSums, 0, sums, tile * tileRows);
      if (partner != tile) {
        scales.add(w.data(), atB, firstUnit + i, groupSums, sumsOfB, sums, partner * tileRows);
      }
    }
  }
}
