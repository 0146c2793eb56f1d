package dev.membound.benchmarks.gemv;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import java.util.Map;

/**
 * y = W·x with a {@code rows × cols} weight matrix, rotating over as many distinct matrices as fill
 * the working set.
 *
 * @param wantedWorkingSetBytes distinct weight bytes to rotate over; at least one matrix is used
 */
public record GemvWorkload(
    QuantType type,
    MatrixLayout matrixLayout,
    int rows,
    int cols,
    int threads,
    Residency residency,
    long wantedWorkingSetBytes)
    implements Workload {

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
  public int batch() {
    return 1;
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
    return Map.of("weights", matrixBytes(), "activations", 4L * (rows + cols));
  }

  @Override
  public long flops() {
    return 2L * rows * cols;
  }
}
