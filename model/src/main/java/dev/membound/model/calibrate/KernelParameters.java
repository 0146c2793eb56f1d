package dev.membound.model.calibrate;

import dev.membound.model.simulate.OverlapLaw;
import java.util.Map;

/**
 * The fitted parameters of the equations in {@link dev.membound.model.run.ProfileFile}, by the
 * names that the profile gives them.
 *
 * @param startupSeconds by threads
 * @param inverseExponent 1/p by kernel family: 1 where nothing overlaps, towards 0 where all does
 * @param computeEfficiency by {@code kernel/format/layout}
 * @param writeBandwidthFraction writing over reading in DRAM
 */
record KernelParameters(
    Map<Integer, Double> startupSeconds,
    Map<String, Double> inverseExponent,
    Map<String, Double> computeEfficiency,
    double writeBandwidthFraction) {

  /** Seconds of a call whose efficiency, exponent and startup need not be in the maps. */
  static double seconds(
      Observation observation,
      double startupSeconds,
      double inverseExponent,
      double computeEfficiency,
      double writeBandwidthFraction) {
    double memory =
        observation.readSeconds()
            + observation.writeSecondsAtReadBandwidth() / writeBandwidthFraction;
    double compute = observation.computeSecondsAtPeak() / computeEfficiency;
    return startupSeconds + OverlapLaw.seconds(memory, compute, 1 / inverseExponent);
  }
}
