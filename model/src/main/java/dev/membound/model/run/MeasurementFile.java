package dev.membound.model.run;

import java.util.List;

/**
 * {@code measurements.json}.
 *
 * @param schemaVersion {@link RunFolder#SCHEMA_VERSION} of the writer
 * @param runId ties the files of a run folder together
 * @param preset {@code quick} or {@code full}
 * @param seed of everything random in the measured data
 */
public record MeasurementFile(
    int schemaVersion, String runId, String preset, long seed, List<Measurement> measurements) {}
