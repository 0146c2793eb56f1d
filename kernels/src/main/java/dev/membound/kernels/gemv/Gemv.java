package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Matrix × 1 to {@value #LARGEST_BATCH} vectors, {@code y = W·x}, for every matrix of one format,
 * layout and shape. Weights are read from memory once for the whole batch. The plan owns the
 * workspace, so a call allocates nothing (the scalar reference may); it serves one caller at a
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
 * <p>provided that no product or sum leaves the normal range of binary32, and that activations,
 * weights and their scales, where they are not 0, have magnitudes from 2⁻⁶⁰ to 2⁶⁰. Beyond, a
 * product of a sum of codes with one scale may overflow, or vanish, before the other scale brings
 * it back. A non-finite activation or weight makes the rows that it enters non-finite, in the
 * results of its own vector alone. Results do not depend on the number of workers, nor on the other
 * vectors of the batch.
 */
public final class Gemv {
  /** Most vectors a plan takes. */
  public static final int LARGEST_BATCH = 16;

  private final QuantType type;
  private final MatrixLayout layout;
  private final int rows;
  private final int cols;
  private final int batch;
  private final WorkerTeam team;
  private final BatchKernel kernel;
  // Objects for the plan's life: a lambda that captured the call's arguments would allocate.
  private final WorkerTeam.Task preparation = this::prepareShare;
  private final WorkerTeam.Task share = this::multiplyShare;
  private WeightMatrix w;
  private WeightMatrix offHeap; // a copy of one that lies in an array; null before the first
  private float[] x;
  private float[] y;

  private Gemv(
      QuantType type,
      MatrixLayout layout,
      int rows,
      int cols,
      int batch,
      WorkerTeam team,
      BatchKernel kernel) {
    this.type = type;
    this.layout = layout;
    this.rows = rows;
    this.cols = cols;
    this.batch = batch;
    this.team = team;
    this.kernel = kernel;
  }

  /**
   * Plans products of {@code rows × cols} matrices with one vector, on the default path.
   *
   * @param team shares the rows; the plan does not close it
   * @throws IllegalArgumentException if the shape does not fit the format
   */
  public static Gemv plan(
      QuantType type, MatrixLayout layout, int rows, int cols, WorkerTeam team) {
    return plan(type, layout, rows, cols, 1, team);
  }

  /**
   * Plans products with {@code batch} vectors, on the default path.
   *
   * @param batch 1 to {@value #LARGEST_BATCH}
   * @param team shares the rows; the plan does not close it
   * @throws IllegalArgumentException if the shape does not fit the format, or the batch is out of
   *     range
   */
  public static Gemv plan(
      QuantType type, MatrixLayout layout, int rows, int cols, int batch, WorkerTeam team) {
    ActivationPath path = activationPaths(type, layout, batch).getFirst();
    return plan(type, layout, rows, cols, batch, path, team);
  }

  /**
   * Plans products with {@code batch} vectors.
   *
   * @param batch 1 to {@value #LARGEST_BATCH}
   * @param path one of {@link #activationPaths}
   * @param team shares the rows; the plan does not close it
   * @throws IllegalArgumentException if the shape does not fit the format, the batch is out of
   *     range, or the format has no such path
   */
  public static Gemv plan(
      QuantType type,
      MatrixLayout layout,
      int rows,
      int cols,
      int batch,
      ActivationPath path,
      WorkerTeam team) {
    WeightMatrix.byteSize(type, layout, rows, cols); // refuses a shape that no matrix can have
    List<ActivationPath> paths = activationPaths(type, layout, batch);
    if (!paths.contains(path)) {
      throw new IllegalArgumentException(
          "%s %s has no %s path, only %s".formatted(type, layout, path, paths.getFirst()));
    }
    BatchKernel kernel = GemvKernels.create(type, layout, rows, cols, batch, path, team.size());
    return new Gemv(type, layout, rows, cols, batch, team, kernel);
  }

  /**
   * The activation paths that a format has in a layout, in this process.
   *
   * @param batch 1 to {@value #LARGEST_BATCH}
   * @return the default first: the faster one for this number of vectors
   */
  public static List<ActivationPath> activationPaths(
      QuantType type, MatrixLayout layout, int batch) {
    if (batch < 1 || batch > LARGEST_BATCH) {
      throw new IllegalArgumentException(
          "a batch has 1 to " + LARGEST_BATCH + " vectors, not " + batch);
    }
    return GemvKernels.paths(type, layout, batch);
  }

  /** In which arithmetic this plan multiplies. */
  public ActivationPath activationPath() {
    return kernel.activationPath();
  }

  /**
   * Computes {@code y = W·x}, for each vector of the batch.
   *
   * @param w of the plan's format, layout and shape; its memory must stay open during the call, and
   *     with several workers be of an arena that all threads may access. Off the heap, or each call
   *     copies it there first
   * @param x {@code [batch][cols]}, row-major: at least {@code batch·cols} activations
   * @param y {@code [batch][rows]}, row-major: receives {@code batch·rows} results; not {@code x}
   * @throws IllegalArgumentException if a shape differs from the plan's
   * @throws IllegalStateException if the matrix's arena is closed
   */
  public void multiply(WeightMatrix w, float[] x, float[] y) {
    check(w, x, y);
    this.w = w.data().isNative() ? w : copiedOffHeap(w);
    this.x = x;
    this.y = y;
    if (batch == 1) {
      kernel.prepare(x, 0, 1); // a call of the team would cost more than it saves
    } else {
      team.run(preparation);
    }
    team.run(share);
  }

  /** The kernels read by address, and an array may move. */
  private WeightMatrix copiedOffHeap(WeightMatrix onHeap) {
    if (offHeap == null) {
      MemorySegment data = OffHeap.allocate(Arena.ofAuto(), onHeap.byteSize());
      offHeap = new WeightMatrix(type, layout, rows, cols, data);
    }
    offHeap.data().copyFrom(onHeap.data());
    return offHeap;
  }

  private void prepareShare(int worker, int workers) {
    kernel.prepare(x, worker, workers);
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
    if (x.length < (long) batch * cols) {
      throw new IllegalArgumentException(
          "the matrix has %d columns%s, but x has only %d activations"
              .formatted(cols, vectors(), x.length));
    }
    if (y.length < (long) batch * rows) {
      throw new IllegalArgumentException(
          "the matrix has %d rows%s, but y has room for only %d"
              .formatted(rows, vectors(), y.length));
    }
    if (x == y) {
      throw new IllegalArgumentException("x and y are the same array");
    }
  }

  private String vectors() {
    return batch == 1 ? "" : " and the batch " + batch + " vectors";
  }
}
