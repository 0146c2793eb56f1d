package dev.membound.model.calibrate;

import dev.membound.model.run.HostFacts;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.ValidationFile;
import dev.membound.model.statistics.Quantiles;

/**
 * Calibrates and validates one run.
 *
 * @param profile the fitted device, with the model error that the validation found
 * @param validation what the fits predicted of what they never saw
 */
public record Calibration(ProfileFile profile, ValidationFile validation) {

  /**
   * Reads {@code host.json} and {@code measurements.json}, refuses what breaks physics, fits,
   * cross-validates, and writes {@code profile.json} and {@code validation.json}. Measurements are
   * not rewritten.
   *
   * @throws RunFolderException if a document is unreadable or belongs to another run, or the
   *     measurements do not suffice
   */
  public static Calibration run(RunFolder folder) {
    HostFacts host = folder.read(Document.HOST, HostFacts.class);
    MeasurementFile file = folder.read(Document.MEASUREMENTS, MeasurementFile.class);
    if (!host.runId().equals(file.runId())) {
      throw new RunFolderException(
          folder.path().resolve(Document.MEASUREMENTS.fileName())
              + " belongs to run "
              + file.runId()
              + ", host.json beside it to run "
              + host.runId()
              + "; put the files of one run together");
    }
    Calibration calibration = of(file, host);
    folder.write(Document.PROFILE, calibration.profile);
    folder.write(Document.VALIDATION, calibration.validation);
    return calibration;
  }

  /** As {@link #run}, in memory. */
  public static Calibration of(MeasurementFile file, HostFacts host) {
    MeasurementFile checked = file.withMeasurements(PhysicsCheck.check(file.measurements()));
    ValidationFile validation = CrossValidation.of(checked);
    ProfileFile profile = Calibrator.fit(checked, host);
    return new Calibration(profile.withModelError(modelError(validation)), validation);
  }

  private static ProfileFile.LogQuantiles modelError(ValidationFile validation) {
    if (validation.rows().isEmpty()) {
      return null;
    }
    double[] logs =
        validation.rows().stream()
            .mapToDouble(r -> StrictMath.log(r.measured() / r.predicted()))
            .toArray();
    return new ProfileFile.LogQuantiles(Quantiles.of(logs, 0.05), Quantiles.of(logs, 0.95));
  }
}
