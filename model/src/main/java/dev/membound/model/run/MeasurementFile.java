package dev.membound.model.run;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * {@code measurements.json}.
 *
 * @param schemaVersion {@link RunFolder#SCHEMA_VERSION} of the writer
 * @param runId ties the files of a run folder together
 * @param preset {@code quick} or {@code full}
 * @param seed of everything random in the measured data
 */
public record MeasurementFile(
    int schemaVersion, String runId, String preset, long seed, List<Measurement> measurements) {

  public MeasurementFile {
    Checks.text(runId, "runId");
    Checks.text(preset, "preset");
    measurements = Checks.list(measurements, "measurements");
    Set<String> ids = new HashSet<>();
    for (Measurement measurement : measurements) {
      if (!ids.add(measurement.id())) {
        throw new IllegalArgumentException(
            "measurements has the id " + measurement.id() + " twice");
      }
    }
  }

  /** The same file with these measurements. */
  public MeasurementFile withMeasurements(List<Measurement> others) {
    return new MeasurementFile(schemaVersion, runId, preset, seed, others);
  }
}
