package dev.membound.model.calibrate;

/**
 * One fork of one kernel's measurement, reduced to what the equations see.
 *
 * @param row the measurement
 * @param seconds median a call
 * @param readBytesPerSecond bandwidth that the same samples had beside them, chunk fraction
 *     included
 */
record Observation(KernelRow row, double seconds, double readBytesPerSecond) {

  /** Memory seconds of reading alone. */
  double readSeconds() {
    return row.readBytes() / readBytesPerSecond;
  }

  /** Memory seconds of writing, were it as fast as reading. */
  double writeSecondsAtReadBandwidth() {
    return row.writeBytes() / readBytesPerSecond;
  }

  /** Compute seconds at the peak. */
  double computeSecondsAtPeak() {
    return row.computeSecondsAtPeak();
  }
}
