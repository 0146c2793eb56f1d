package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.PackedLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.ref.Reference;
import java.util.Arrays;

/**
 * A kernel on the {@linkplain PackedLayout packed layout}: panel after panel, and in each panel two
 * tiles at once, {@linkplain FarPairs half a share apart}. Two sequential streams keep more lines
 * in flight than one, and share each broadcast activation; more streams, or near ones, are slower.
 */
abstract class PackedKernel implements GemvKernel {
  final PackedLayout layout;

  private final FarPairs pairs;

  /** A sum for each row, padding included; a panel adds to what the panels before it left. */
  private final float[] sums;

  PackedKernel(QuantType type, int rows, int cols) {
    layout = PackedLayout.of(type, rows, cols);
    pairs = type.blockElements() == 1 ? FarPairs.HALF : FarPairs.ODD;
    sums = new float[Math.multiplyExact(layout.tiles(), layout.tileRows())];
  }

  @Override
  public final int rowGrain() {
    return layout.tileRows();
  }

  @Override
  public final void multiply(WeightMatrix w, float[] y, int firstRow, int endRow, int worker) {
    int tileRows = layout.tileRows();
    int first = firstRow / tileRows;
    int end = Math.ceilDiv(endRow, tileRows);
    int tiles = end - first;
    Arrays.fill(sums, first * tileRows, end * tileRows, 0);
    long base = NativeAddress.of(w.data());
    int unit = 0;
    for (int panel = 0; panel < layout.panels(); panel++) {
      int units = layout.units(panel);
      for (int pair = 0; pair < pairs.count(tiles); pair++) {
        // A tile that is its own partner: both read the same sums, and write the same.
        int tile = first + pair;
        int partner = first + pairs.partner(pair, tiles);
        // What read the end of a panel goes on with the start of the next, without a pause.
        boolean swap = panel % 2 == 1;
        int one = swap ? partner : tile;
        int other = swap ? tile : partner;
        multiplyTiles(
            base + layout.tileOffset(panel, one),
            base + layout.tileOffset(panel, other),
            unit,
            units,
            sums,
            one * tileRows,
            other * tileRows);
      }
      unit += units;
    }
    Reference.reachabilityFence(w);
    float scale = resultScale();
    for (int row = firstRow; row < endRow; row++) {
      y[row] = sums[row] * scale;
    }
  }

  /** A factor on every result. */
  float resultScale() {
    return 1;
  }

  /**
   * Adds the products of two tiles.
   *
   * @param a address of one tile in this panel
   * @param b address of the other, or {@code a} again
   * @param firstUnit of the panel, counted from column 0
   * @param units of the panel
   * @param sums read and written from {@code rowA} and from {@code rowB}
   */
  abstract void multiplyTiles(
      long a, long b, int firstUnit, int units, float[] sums, int rowA, int rowB);
}
