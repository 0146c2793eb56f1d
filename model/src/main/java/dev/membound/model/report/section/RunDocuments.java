package dev.membound.model.report.section;

import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.QualityFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.ValidationFile;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The documents of one run; what is not there yet is empty.
 *
 * @param host the machine
 * @param measurements may hold no measurement
 */
public record RunDocuments(
    HostFacts host,
    MeasurementFile measurements,
    Optional<ProfileFile> profile,
    Optional<ValidationFile> validation,
    Optional<SimulationFile> simulation,
    Optional<QualityFile> quality,
    Optional<ExplorationFile> exploration) {

  /** Families that probe the machine; every other family is a decode kernel. */
  private static final Set<String> PROBES =
      Set.of("read", "copy", "triad", "chunk", "latency", "fma", "call");

  /** The documents of a run without the extra ones that other commands add. */
  public RunDocuments(
      HostFacts host,
      MeasurementFile measurements,
      Optional<ProfileFile> profile,
      Optional<ValidationFile> validation,
      Optional<SimulationFile> simulation) {
    this(host, measurements, profile, validation, simulation, Optional.empty(), Optional.empty());
  }

  /**
   * Reads a run folder.
   *
   * @throws dev.membound.model.run.RunFolderException if {@code host.json} or {@code
   *     measurements.json} is missing, or any document is damaged
   */
  public static RunDocuments read(RunFolder folder) {
    return new RunDocuments(
        folder.read(Document.HOST, HostFacts.class),
        folder.read(Document.MEASUREMENTS, MeasurementFile.class),
        optional(folder, Document.PROFILE, ProfileFile.class),
        optional(folder, Document.VALIDATION, ValidationFile.class),
        optional(folder, Document.SIMULATION, SimulationFile.class),
        optional(folder, Document.QUALITY, QualityFile.class),
        optional(folder, Document.EXPLORATION, ExplorationFile.class));
  }

  private static <T> Optional<T> optional(RunFolder folder, Document document, Class<T> type) {
    return folder.has(document) ? Optional.of(folder.read(document, type)) : Optional.empty();
  }

  /** Sound results of decode kernels, in file order. */
  public List<Measurement> kernels() {
    return measurements.measurements().stream()
        .filter(m -> !PROBES.contains(m.kernel()) && m.refused() == null)
        .toList();
  }

  /** Sound results of one family, in file order. */
  public List<Measurement> family(String kernel) {
    return measurements.measurements().stream()
        .filter(m -> m.kernel().equals(kernel) && m.refused() == null)
        .toList();
  }

  /** Errors over all held-out rows. */
  public Optional<ValidationFile.Summary> overallError() {
    return validation.stream()
        .flatMap(v -> v.summaries().stream())
        .filter(summary -> summary.kind().equals("all"))
        .findFirst();
  }

  /** Results that break physics, with their reason. */
  public List<Measurement> refused() {
    return measurements.measurements().stream().filter(m -> m.refused() != null).toList();
  }
}
