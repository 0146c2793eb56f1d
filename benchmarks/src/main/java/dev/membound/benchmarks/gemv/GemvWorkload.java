package dev.membound.benchmarks.gemv;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.gemv.ActivationPath;
import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;

/**
 * y = W·x with a {@code rows × cols} weight matrix and {@code batch} vectors, rotating over as many
 * distinct matrices as fill the working set.
 *
 * @param batch vectors a call, 1 to {@value Gemv#LARGEST_BATCH}
 * @param activationPath in which arithmetic they are multiplied
 * @param wantedWorkingSetBytes distinct weight bytes to rotate over; at least one matrix is used
 */
public record GemvWorkload(
    QuantType type,
    MatrixLayout matrixLayout,
    int rows,
    int cols,
    int batch,
    ActivationPath activationPath,
    int threads,
    Residency residency,
    long wantedWorkingSetBytes)
    implements Workload {
  /** More are a shape too small for its working set, and millions of objects. */
  private static final long MOST_MATRICES = 1 << 18;

  /**
   * @throws IllegalArgumentException if the shape is empty, the working set negative, or more than
   *     {@value #MOST_MATRICES} matrices of this shape
   */
  public GemvWorkload {
    if (rows < 1 || cols < 1) {
      throw new IllegalArgumentException(
          "rows and cols must be at least 1, not " + rows + " and " + cols);
    }
    if (wantedWorkingSetBytes < 0) {
      throw new IllegalArgumentException("a working set of " + wantedWorkingSetBytes + " bytes");
    }
    long bytes = rows * type.rowBytes(cols);
    if (wantedWorkingSetBytes / bytes > MOST_MATRICES) {
      throw new IllegalArgumentException(
          "a working set of %d bytes is more than %d matrices of %d bytes: ask for larger ones, or a smaller workingSetBytes"
              .formatted(wantedWorkingSetBytes, MOST_MATRICES, bytes));
    }
  }

  /** The default activation path. */
  public GemvWorkload(
      QuantType type,
      MatrixLayout matrixLayout,
      int rows,
      int cols,
      int batch,
      int threads,
      Residency residency,
      long wantedWorkingSetBytes) {
    this(
        type,
        matrixLayout,
        rows,
        cols,
        batch,
        defaultPath(type, matrixLayout, batch),
        threads,
        residency,
        wantedWorkingSetBytes);
  }

  private static ActivationPath defaultPath(QuantType type, MatrixLayout layout, int batch) {
    return Gemv.activationPaths(type, layout, batch).getFirst();
  }

  @Override
  public Class<?> benchmark() {
    return GemvBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "format", type.name(),
        "layout", matrixLayout.name(),
        "rows", Integer.toString(rows),
        "cols", Integer.toString(cols),
        "batch", Integer.toString(batch),
        "activations", activationPath.name(),
        "threads", Integer.toString(threads),
        "residency", residency.name(),
        "workingSetBytes", Long.toString(wantedWorkingSetBytes));
  }

  @Override
  public String kernel() {
    return "gemv";
  }

  @Override
  public String format() {
    return type.name();
  }

  @Override
  public String layout() {
    return matrixLayout.name();
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of("rows", (long) rows, "cols", (long) cols);
  }

  @Override
  public Optional<String> activations() {
    return Optional.of(activationPath.name());
  }

  /** The activation path, where it is not the default one. */
  @Override
  public Optional<String> variant() {
    return activationPath == defaultPath(type, matrixLayout, batch)
        ? Optional.empty()
        : activations();
  }

  /**
   * Weight bytes of one matrix in the file's encoding; packing may pad, which is not counted as
   * useful.
   */
  long matrixBytes() {
    return rows * type.rowBytes(cols);
  }

  /** Distinct matrices that successive calls rotate over. */
  int matrices() {
    return Math.toIntExact(Math.max(1, Math.ceilDiv(wantedWorkingSetBytes, matrixBytes())));
  }

  @Override
  public long workingSetBytes() {
    return matrices() * matrixBytes();
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of("weights", matrixBytes(), "activations", 4L * batch * (rows + cols));
  }

  @Override
  public long flops() {
    return 2L * batch * rows * cols;
  }
}
