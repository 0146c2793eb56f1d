package dev.membound.model.published.fit;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.published.AttentionKernel;
import dev.membound.model.published.KernelTiming;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.Bottleneck;
import dev.membound.model.simulate.OverlapLaw;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import java.util.ArrayList;
import java.util.List;

/**
 * The standard form of a decode attention kernel on a device:
 *
 * <pre>
 *   dirty  = writeBack · onChip · (1 − e^(−bytes / onChip))
 *   memory = (bytes + dirty) / (streaming · bandwidth)
 *   compute = FLOPs / (efficiency · peak)
 *   t      = startup + max(floor, overlap(memory, compute, p))
 * </pre>
 *
 * <p>The floor is the chain of dependent steps in a kernel that splits its context, which streaming
 * hides. Dirty bytes are what the cache writes back as the operand comes in: suites that flush it
 * with zeros before every call leave it full of them. Bandwidth, on-chip capacity, peak and p are
 * the device's own.
 *
 * @param startupSeconds fixed cost of a call
 * @param floorSeconds least time behind it
 * @param streamingEfficiency share of the bandwidth, at most 1
 * @param writeBackShare share of the on-chip capacity that is dirty, at most 1
 * @param computeEfficiency share of the peak, at most 1
 */
public record KernelLaw(
    double startupSeconds,
    double floorSeconds,
    double streamingEfficiency,
    double writeBackShare,
    double computeEfficiency) {

  /**
   * What is believed before any timing: a launch of some 10 µs outside a graph, memory that streams
   * at 0.93 of its peak and arithmetic at 0.6 of its own, as attention kernels do on current
   * accelerators (FlashAttention-3, arXiv 2407.08608), next to nothing to write back, and a chain
   * of dependent steps that no kernel of more than 1 µs would show. A floor that no row shows is
   * thus taken for none: only rows that end above it raise it.
   */
  private static final KernelLaw PRIOR = new KernelLaw(1e-5, 1e-6, 0.93, 0.05, 0.6);

  /**
   * Where the search starts: without a floor and with ones of up to 30 µs, for a floor below all
   * rows has no gradient; with clean caches and with dirty ones; with fast and slow arithmetic.
   */
  private static final double[] FLOOR_STARTS = {1e-6, 3e-6, 1e-5, 3e-5};

  private static final double[] WRITE_BACK_STARTS = {0.05, 0.5};
  private static final double[] COMPUTE_STARTS = {0.6, 0.15};

  /** What of a device a kernel depends on, with the kernel's own bytes and FLOPs. */
  record Case(
      double bytes,
      double flops,
      double bytesPerSecond,
      double onChipBytes,
      double flopsPerSecond,
      double overlapExponent) {

    static Case of(KernelTiming row, DeviceProfile device) {
      ComputeEngine engine = device.mainEngine();
      Draw best = Draw.best();
      AccessPattern stream =
          new AccessPattern(
              Operator.STREAM, best.of(engine.bytesInFlight()), AccessPattern.Direction.READ);
      DataFormat arithmetic = row.format() == DataFormat.F32 ? DataFormat.F32 : row.format();
      return new Case(
          row.bytes(),
          row.flops(),
          device.memoryOf(Operator.Home.KV).model().bytesPerSecond(stream, best),
          best.of(engine.onChipBytes()),
          best.of(engine.peak(arithmetic)),
          Math.max(1, best.of(engine.overlapExponent().get(kernel(row.kernel())))));
    }

    private static Kernel kernel(AttentionKernel kernel) {
      return kernel == AttentionKernel.DSA_INDEXER ? Kernel.TOPK : Kernel.ATTENTION;
    }
  }

  /**
   * The prior and how firmly it holds each parameter, see {@link RobustFit}: 0.02 is a log ratio of
   * 2 % in one row for a factor of e, so a handful of rows outweighs it. Bytes and FLOPs of a
   * kernel grow together, so timings of one kernel cannot tell which of them takes the time: what
   * memory and arithmetic reach elsewhere does, and is held twice as firmly.
   */
  static RobustFit.Prior prior() {
    return new RobustFit.Prior(PRIOR.coordinates(), new double[] {0.02, 0.02, 0.04, 0.05, 0.04});
  }

  static List<double[]> starts() {
    List<double[]> starts = new ArrayList<>();
    for (double floor : FLOOR_STARTS) {
      for (double writeBack : WRITE_BACK_STARTS) {
        for (double compute : COMPUTE_STARTS) {
          starts.add(
              new KernelLaw(
                      PRIOR.startupSeconds, floor, PRIOR.streamingEfficiency, writeBack, compute)
                  .coordinates());
        }
      }
    }
    return starts;
  }

  private double[] coordinates() {
    return new double[] {
      Coordinate.POSITIVE.of(startupSeconds),
      Coordinate.POSITIVE.of(floorSeconds),
      Coordinate.SHARE.of(streamingEfficiency),
      Coordinate.SHARE.of(writeBackShare),
      Coordinate.SHARE.of(computeEfficiency)
    };
  }

  static KernelLaw at(double[] point) {
    return new KernelLaw(
        Coordinate.POSITIVE.value(point[0]),
        Coordinate.POSITIVE.value(point[1]),
        Coordinate.SHARE.value(point[2]),
        Coordinate.SHARE.value(point[3]),
        Coordinate.SHARE.value(point[4]));
  }

  /** Predicted time of a kernel on a device. */
  public double seconds(KernelTiming row, DeviceProfile device) {
    return seconds(Case.of(row, device));
  }

  double seconds(Case at) {
    double overlapped =
        OverlapLaw.seconds(memorySeconds(at), computeSeconds(at), at.overlapExponent());
    return startupSeconds + Math.max(floorSeconds, overlapped);
  }

  private double memorySeconds(Case at) {
    double dirty =
        at.onChipBytes() == 0
            ? 0
            : writeBackShare * at.onChipBytes() * -StrictMath.expm1(-at.bytes() / at.onChipBytes());
    return (at.bytes() + dirty) / (streamingEfficiency * at.bytesPerSecond());
  }

  private double computeSeconds(Case at) {
    return at.flops() / (computeEfficiency * at.flopsPerSecond());
  }

  /** Which of its parts is the longest. */
  public Bottleneck bottleneck(KernelTiming row, DeviceProfile device) {
    Case at = Case.of(row, device);
    double memory = memorySeconds(at);
    double compute = computeSeconds(at);
    if (startupSeconds + floorSeconds >= Math.max(memory, compute)) {
      return Bottleneck.STARTUP;
    }
    return memory >= compute ? Bottleneck.MEMORY : Bottleneck.COMPUTE;
  }

  /** Whether arithmetic takes longer than memory, whatever a call costs beside them. */
  public boolean computeBound(KernelTiming row, DeviceProfile device) {
    Case at = Case.of(row, device);
    return computeSeconds(at) > memorySeconds(at);
  }
}
