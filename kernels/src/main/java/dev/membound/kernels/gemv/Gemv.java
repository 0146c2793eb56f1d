package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.quant.QuantType;

/**
 * Matrix × vector, {@code y = W·x}, for every matrix of one format, layout and shape. The plan owns
 * the workspace, so a call allocates nothing (the scalar reference may); it serves one caller at a
 * time, like its team.
 *
 * <p><b>Error bound.</b> With u = 2⁻²⁴ and W the decoded weights, a result differs from the exact
 * sum by at most
 *
 * <ul>
 *   <li>{@link ActivationPath#FLOAT}: {@code (cols + 4)·u·Σⱼ|Wᵢⱼ·xⱼ|} (any order of summation;
 *       Higham, Accuracy and Stability of Numerical Algorithms, 2nd ed., §3.1);
 *   <li>{@link ActivationPath#INT8}: besides {@code (cols/32 + 8)·u·Σⱼ|Wᵢⱼ|·a(j)}, half a
 *       quantization step an activation, {@code Σⱼ|Wᵢⱼ|·a(j)/253}, where a(j) is the largest
 *       magnitude among the 32 activations of j's block. In formats with a minimum or a zero point
 *       the |Wᵢⱼ| of the first, much smaller term is {@code |scale·code| + |minimum|}, at most
 *       three times the largest weight that the block's codes can stand for.
 * </ul>
 *
 * <p>provided that no product or sum leaves the normal range of binary32. A non-finite activation
 * or weight makes the rows that it enters non-finite. Results do not depend on the number of
 * workers.
 */
public final class Gemv {
  private final QuantType type;
  private final MatrixLayout layout;
  private final int rows;
  private final int cols;
  private final WorkerTeam team;
  private final GemvKernel kernel;
  // One object for the plan's life: a lambda that captured the call's arguments would allocate.
  private final WorkerTeam.Task share = this::multiplyShare;
  private WeightMatrix w;
  private float[] y;

  private Gemv(
      QuantType type, MatrixLayout layout, int rows, int cols, WorkerTeam team, GemvKernel kernel) {
    this.type = type;
    this.layout = layout;
    this.rows = rows;
    this.cols = cols;
    this.team = team;
    this.kernel = kernel;
  }

  /**
   * Plans products with {@code rows × cols} matrices.
   *
   * @param team shares the rows; the plan does not close it
   * @throws IllegalArgumentException if the shape does not fit the format
   */
  public static Gemv plan(
      QuantType type, MatrixLayout layout, int rows, int cols, WorkerTeam team) {
    WeightMatrix.byteSize(type, layout, rows, cols); // refuses a shape that no matrix can have
    GemvKernel kernel = GemvKernels.create(type, layout, rows, cols, team.size());
    return new Gemv(type, layout, rows, cols, team, kernel);
  }

  /** In which arithmetic this plan multiplies. */
  public ActivationPath activationPath() {
    return kernel.activationPath();
  }

  /**
   * Computes {@code y = W·x}.
   *
   * @param w of the plan's format, layout and shape
   * @param x at least {@code cols} activations
   * @param y receives {@code rows} results; not {@code x}
   * @throws IllegalArgumentException if a shape differs from the plan's
   */
  public void multiply(WeightMatrix w, float[] x, float[] y) {
    check(w, x, y);
    kernel.prepare(x);
    this.w = w;
    this.y = y;
    team.run(share);
  }

  private void multiplyShare(int worker, int workers) {
    int first = WorkerTeam.shareStart(rows, kernel.rowGrain(), worker, workers);
    int end = WorkerTeam.shareStart(rows, kernel.rowGrain(), worker + 1, workers);
    kernel.multiply(w, y, first, end, worker);
  }

  private void check(WeightMatrix w, float[] x, float[] y) {
    if (w.type() != type || w.layout() != layout || w.rows() != rows || w.cols() != cols) {
      throw new IllegalArgumentException(
          "the plan is for %s %s %d x %d, the matrix is %s %s %d x %d"
              .formatted(type, layout, rows, cols, w.type(), w.layout(), w.rows(), w.cols()));
    }
    if (x.length < cols) {
      throw new IllegalArgumentException(
          "the matrix has %d columns, but x has only %d activations".formatted(cols, x.length));
    }
    if (y.length < rows) {
      throw new IllegalArgumentException(
          "the matrix has %d rows, but y has room for only %d".formatted(rows, y.length));
    }
    if (x == y) {
      throw new IllegalArgumentException("x and y are the same array");
    }
  }
}
