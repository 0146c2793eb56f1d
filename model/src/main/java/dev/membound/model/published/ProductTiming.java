package dev.membound.model.published;

import dev.membound.model.workload.DataFormat;

/**
 * A lone product of a {@code rows × inner} and an {@code inner × columns} matrix on one device.
 *
 * @param seconds measured
 */
public record ProductTiming(
    String id,
    String source,
    String device,
    int rows,
    int inner,
    int columns,
    DataFormat format,
    double seconds)
    implements PublishedRow {

  /** Both operands read and the result written once. */
  public long bytes() {
    return format.bytes((long) rows * inner)
        + format.bytes((long) inner * columns)
        + format.bytes((long) rows * columns);
  }

  /** FLOPs, 2 a multiply-add. */
  public double flops() {
    return 2.0 * rows * inner * columns;
  }
}
