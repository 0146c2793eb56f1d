package dev.membound.model.published.fit;

/**
 * Parameters of a device that serving rows can tell, shared by all devices of a fit; everything
 * else is the data sheet's.
 *
 * @param streamingEfficiency share of the memory bandwidth that kernels reach
 * @param decodeEfficiency share of the peak that products of few rows reach
 * @param prefillEfficiency share of the peak that products of many rows reach
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
    double attentionEfficiency,
    double startupSeconds,
    double linkLatencyFactor,
    double linkEfficiency,
    double clockShare) {

  HardwareParameters withClockShare(double share) {
    return new HardwareParameters(
        streamingEfficiency,
        decodeEfficiency,
        prefillEfficiency,
        attentionEfficiency,
        startupSeconds,
        linkLatencyFactor,
        linkEfficiency,
        share);
  }
}
