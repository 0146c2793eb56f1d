package dev.membound.benchmarks.suite;

import dev.membound.model.calibrate.PhysicsCheck;
import dev.membound.model.run.Json;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.MeasurementStatistics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * Keeps a run's measurements and writes them after every fork: a run killed at any time has lost at
 * most the fork under way. JMH's own results, which nothing reads back but a resumed run, are
 * written every five minutes and at the end: they are one document, and thousands of forks would
 * write hundreds of gigabytes of it.
 */
final class RunRecorder {
  private static final String JMH_FILE = "jmh.json";
  private static final String MOVE_AWAY =
      "move it away to go on (the samples are in measurements.json)";
  private static final Duration JMH_INTERVAL = Duration.ofMinutes(5);

  private final RunFolder folder;
  private final MeasurementFile header;
  private final Map<String, Measurement> measurements = new LinkedHashMap<>();
  private final ArrayNode jmhResults;
  private int jmhWritten;
  private long jmhNanoTime = System.nanoTime();

  private RunRecorder(RunFolder folder, MeasurementFile header, ArrayNode jmhResults) {
    this.folder = folder;
    this.header = header;
    this.jmhResults = jmhResults;
    this.jmhWritten = jmhResults.size();
    for (Measurement measurement : header.measurements()) {
      measurements.put(measurement.id(), measurement);
    }
  }

  /** Starts an empty record. */
  static RunRecorder start(RunFolder folder, String runId, Preset preset, long seed) {
    return new RunRecorder(
        folder,
        new MeasurementFile(RunFolder.SCHEMA_VERSION, runId, preset.label(), seed, List.of()),
        Json.mapper().createArrayNode());
  }

  /**
   * Goes on with what a folder holds.
   *
   * @throws RunFolderException if its measurements or JMH's results are damaged
   */
  static RunRecorder resume(RunFolder folder) {
    return new RunRecorder(
        folder, folder.read(Document.MEASUREMENTS, MeasurementFile.class), readJmh(folder));
  }

  MeasurementFile file() {
    return new MeasurementFile(
        header.schemaVersion(),
        header.runId(),
        header.preset(),
        header.seed(),
        List.copyOf(measurements.values()));
  }

  boolean has(PlannedWorkload planned, int fork) {
    Measurement known = measurements.get(planned.id());
    return known != null && known.samples().stream().anyMatch(sample -> sample.fork() == fork);
  }

  /** Adds a fork and writes the measurements. */
  synchronized void add(PlannedWorkload planned, JmhFork.Outcome outcome) {
    Measurement known = measurements.get(planned.id());
    List<Sample> samples = new ArrayList<>(known == null ? List.of() : known.samples());
    samples.addAll(outcome.samples());
    measurements.put(
        planned.id(), MeasurementStatistics.summarise(planned.measurement(samples), header.seed()));
    for (Measurement checked : PhysicsCheck.check(List.copyOf(measurements.values()))) {
      measurements.put(checked.id(), checked);
    }
    folder.write(Document.MEASUREMENTS, file());
    for (JsonNode result : Json.mapper().readTree(outcome.jmhJson())) {
      jmhResults.add(result);
    }
    if (System.nanoTime() - jmhNanoTime >= JMH_INTERVAL.toNanos()) {
      writeJmh();
    }
  }

  /** Writes JMH's own results, if there are new ones; another thread may call it. */
  synchronized void writeJmh() {
    if (jmhResults.size() > jmhWritten) {
      folder.writeText(JMH_FILE, Json.mapper().writeValueAsString(jmhResults));
      jmhWritten = jmhResults.size();
    }
    jmhNanoTime = System.nanoTime();
  }

  private static ArrayNode readJmh(RunFolder folder) {
    Path file = folder.path().resolve(JMH_FILE);
    if (!Files.exists(file)) {
      return Json.mapper().createArrayNode();
    }
    try {
      if (Json.mapper().readTree(Files.readAllBytes(file)) instanceof ArrayNode array) {
        return array;
      }
    } catch (IOException | JacksonException e) {
      throw new RunFolderException(file + " is damaged; " + MOVE_AWAY, e);
    }
    throw new RunFolderException(file + " is not JMH's: it holds no array; " + MOVE_AWAY);
  }
}
