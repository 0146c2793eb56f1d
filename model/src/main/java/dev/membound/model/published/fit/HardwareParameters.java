package dev.membound.model.published.fit;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;

/**
 * Parameters of a device that serving rows can tell, shared by all devices of a fit; everything
 * else is the data sheet's.
 *
 * @param streamingEfficiency share of the memory bandwidth that kernels reach
 * @param decodeEfficiency share of the peak that products of few rows reach
 * @param prefillEfficiency share of the peak that products of many rows reach
 * @param expertShare share of those efficiencies that the grouped products of routed experts reach
 * @param attentionEfficiency share of the peak that attention reaches
 * @param startupSeconds of an operator
 * @param linkLatencyFactor latency of the link over that of the catalogue
 * @param linkEfficiency share of the link's bandwidth that collectives reach
 * @param clockShare share of the clock that a power limit leaves, 1 for all
 */
public record HardwareParameters(
    double streamingEfficiency,
    double decodeEfficiency,
    double prefillEfficiency,
    double expertShare,
    double attentionEfficiency,
    double startupSeconds,
    double linkLatencyFactor,
    double linkEfficiency,
    double clockShare) {

  /** Share of a link's bandwidth that collectives of large messages reach (assumed). */
  private static final double LINK_EFFICIENCY = 0.7;

  /** What the catalogue says about a device's main engine. */
  public static HardwareParameters of(DeviceProfile device) {
    ComputeEngine engine = device.mainEngine();
    return new HardwareParameters(
        inside(engine.streamingEfficiency().value()),
        efficiency(engine, Kernel.GEMV),
        efficiency(engine, Kernel.GEMM),
        1,
        efficiency(engine, Kernel.ATTENTION),
        Math.max(1e-7, engine.startupSeconds().value()),
        1,
        LINK_EFFICIENCY,
        1);
  }

  private static double efficiency(ComputeEngine engine, Kernel kernel) {
    return engine
        .efficiency(kernel, DataFormat.F16)
        .map(share -> inside(share.value()))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "engine %s has no efficiency for %s".formatted(engine.name(), kernel.key())));
  }

  /** Strictly between 0 and 1, where its odds are finite. */
  private static double inside(double share) {
    return Math.clamp(share, 0.01, 0.99);
  }

  HardwareParameters withClockShare(double share) {
    return new HardwareParameters(
        streamingEfficiency,
        decodeEfficiency,
        prefillEfficiency,
        expertShare,
        attentionEfficiency,
        startupSeconds,
        linkLatencyFactor,
        linkEfficiency,
        share);
  }

  HardwareParameters withExpertShare(double share) {
    return new HardwareParameters(
        streamingEfficiency,
        decodeEfficiency,
        prefillEfficiency,
        share,
        attentionEfficiency,
        startupSeconds,
        linkLatencyFactor,
        linkEfficiency,
        clockShare);
  }
}
