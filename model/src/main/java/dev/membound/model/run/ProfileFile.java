package dev.membound.model.run;

import dev.membound.model.quantity.Quantity;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * {@code profile.json}: this CPU as the calibration sees it. The parameters of
 *
 * <pre>
 *   memory  = Σ bytes / readBandwidth(residency, threads) / chunkFraction(chunkBytes, threads)
 *   compute = flops / (computeEfficiency(kernel/format/layout) · peakFlops(threads))
 *   t       = startup(threads) + (memory^p + compute^p)^(1/p),  p = overlapExponent(kernel) in [1, ∞)
 * </pre>
 *
 * @param name of the device, for instance {@code this-cpu}
 * @param memoryBytes physical memory, the capacity of its one tier
 * @param readBandwidth B/s by level and threads
 * @param writeBandwidthFraction write over read bandwidth in DRAM
 * @param chunkCurve random chunks against streaming, by chunk size and threads
 * @param peakFlops FLOP/s by threads, single precision
 * @param startupSeconds fixed cost of a call by threads
 * @param overlapExponent by kernel family; bounded below by 1 (no overlap) and above by a large
 *     number (perfect overlap)
 * @param computeEfficiency by {@code kernel/format/layout}: share of the peak FLOP/s that the
 *     kernel reaches when no memory holds it up
 * @param loadLatencySeconds dependent load, DRAM; null where no probe ran
 * @param modelErrorLogQuantiles 5 % and 95 % quantiles of log(measured / predicted) on held-out
 *     rows; null where nothing could be held out
 * @param notIdentifiable names of parameters whose interval says that the data cannot tell them,
 *     with the reason
 */
public record ProfileFile(
    int schemaVersion,
    String runId,
    String name,
    String cpuModel,
    long memoryBytes,
    List<Bandwidth> readBandwidth,
    Quantity writeBandwidthFraction,
    List<Chunk> chunkCurve,
    List<ByThreads> peakFlops,
    List<ByThreads> startupSeconds,
    Map<String, Quantity> overlapExponent,
    Map<String, Quantity> computeEfficiency,
    Quantity loadLatencySeconds,
    LogQuantiles modelErrorLogQuantiles,
    Map<String, String> notIdentifiable) {

  public ProfileFile {
    Checks.text(runId, "runId");
    Checks.text(name, "name");
    Checks.text(cpuModel, "cpuModel");
    Checks.count(memoryBytes, "memoryBytes");
    readBandwidth = Checks.list(readBandwidth, "readBandwidth");
    Objects.requireNonNull(writeBandwidthFraction, "writeBandwidthFraction must not be null");
    chunkCurve = Checks.list(chunkCurve, "chunkCurve");
    peakFlops = Checks.list(peakFlops, "peakFlops");
    startupSeconds = Checks.list(startupSeconds, "startupSeconds");
    overlapExponent = Checks.sorted(overlapExponent, "overlapExponent");
    computeEfficiency = Checks.sorted(computeEfficiency, "computeEfficiency");
    notIdentifiable = Checks.sorted(notIdentifiable, "notIdentifiable");
  }

  public record Bandwidth(Residency residency, int threads, Quantity bytesPerSecond) {

    public Bandwidth {
      Objects.requireNonNull(residency, "residency must not be null");
      Checks.positive(threads, "threads");
      Objects.requireNonNull(bytesPerSecond, "bytesPerSecond must not be null");
    }
  }

  public record Chunk(long chunkBytes, int threads, Quantity fractionOfStreaming) {

    public Chunk {
      Checks.count(chunkBytes, "chunkBytes");
      Checks.positive(threads, "threads");
      Objects.requireNonNull(fractionOfStreaming, "fractionOfStreaming must not be null");
    }
  }

  public record ByThreads(int threads, Quantity quantity) {

    public ByThreads {
      Checks.positive(threads, "threads");
      Objects.requireNonNull(quantity, "quantity must not be null");
    }
  }

  public record LogQuantiles(double low, double high) {

    public LogQuantiles {
      Checks.finite(low, "low");
      Checks.finite(high, "high");
    }
  }

  /** The same profile with this model error. */
  public ProfileFile withModelError(LogQuantiles quantiles) {
    return new ProfileFile(
        schemaVersion,
        runId,
        name,
        cpuModel,
        memoryBytes,
        readBandwidth,
        writeBandwidthFraction,
        chunkCurve,
        peakFlops,
        startupSeconds,
        overlapExponent,
        computeEfficiency,
        loadLatencySeconds,
        quantiles,
        notIdentifiable);
  }
}
