package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.quant.QuantType;

/**
 * A packed kernel for blocks of codes under scales, with 8-bit activations: exact integer dots over
 * a group of columns that shares a scale, then the scales. A 16-bit lane is a row; a group's 16-bit
 * sums are widened to two vectors, the rows of the lower and of the upper half of the tile.
 *
 * <p>Everything stays in registers until the panel ends. To leave the integer sums of a block in an
 * array and scale them in a loop of their own halved the bandwidth: a load whose lower 12 address
 * bits are those of a store that still waits for its data waits too.
 *
 * <p>Where lanes of 16 bits are shifted, the count is a vector: C2 turns a constant count into a
 * register of its own for every call, loaded anew where they run out.
 */
abstract class GroupedPackedKernel extends PackedKernel {
  static final int VECTOR_BYTES = SHORT.vectorByteSize();

  /** The activations' scale, one a group. */
  final float[] scales;

  /** The activations' scale times the sum of their quants, one a group. */
  final float[] scaledSums;

  private final Int8Activations activations;
  private final int groupColumns;
  private float resultScale;

  /**
   * @param groupColumns columns that share a scale
   */
  GroupedPackedKernel(QuantType type, int rows, int cols, int groupColumns) {
    super(type, rows, cols);
    this.groupColumns = groupColumns;
    activations = new Int8Activations(cols);
    scales = new float[cols / groupColumns];
    scaledSums = new float[cols / groupColumns];
  }

  @Override
  public final ActivationPath activationPath() {
    return ActivationPath.INT8;
  }

  @Override
  public final void prepare(float[] x) {
    activations.quantize(x);
    int[] quants = activations.quants;
    prepare(quants);
    float largest = VectorMath.largestMagnitude(activations.scales, 0, activations.scales.length);
    float factor = SplitPower.factor(missingExponent(), largest);
    resultScale = SplitPower.rest(missingExponent(), largest);
    for (int group = 0; group < scales.length; group++) {
      int from = group * groupColumns;
      scales[group] = activations.scales[from / Int8Activations.BLOCK] * factor;
      scaledSums[group] = scales[group] * VectorMath.sum(quants, from, groupColumns);
    }
  }

  /**
   * The power of two that the weights' scales lack as the kernel decodes them, and that {@link
   * #scales} bring. Not 0 only in kernels that multiply by the weights' scale first: the other
   * product might overflow.
   */
  int missingExponent() {
    return 0;
  }

  @Override
  final float resultScale() {
    return resultScale;
  }

  /** Makes of the activations' quants what codes are multiplied by, or looked up in. */
  abstract void prepare(int[] quants);
}
