package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KillAndResumeIT {
  private static final int KILLS = 2;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);

  @Test
  void aKilledRunGoesOnWithWhatItMeasured(@TempDir Path out) throws Exception {
    Path folder = null;
    Map<String, List<Sample>> kept = new HashMap<>();
    for (int kill = 0; kill < KILLS; kill++) {
      Process run =
          folder == null
              ? Program.start("run", "--preset", "smoke", "--out", out.toString())
              : Program.start("run", "--resume", folder.toString());
      folder = awaitMoreForksThan(forks(kept), out, run);
      run.destroyForcibly().waitFor(); // SIGKILL
      kept = samples(folder);
      assertThat(forks(kept)).isGreaterThan(kill);
    }

    Program.Result resumed = Program.run("run", "--resume", folder.toString());

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    Map<String, List<Sample>> all = samples(folder);
    assertThat(forks(all)).isGreaterThan(forks(kept));
    kept.forEach(
        (id, before) -> assertThat(all.get(id)).as(id).startsWith(before.toArray(Sample[]::new)));
    assertThat(folder.resolve("report.html")).isNotEmptyFile();
    assertThat(resumed.out()).contains("report.html");
  }

  /** The program that plans has no vector module, which only a plan of all formats would miss. */
  @ParameterizedTest
  @ValueSource(strings = {"quick", "full"})
  void everyPresetStartsToMeasure(String preset, @TempDir Path out) throws Exception {
    Process run = Program.start("run", "--preset", preset, "--out", out.toString());
    try {
      assertThat(awaitMoreForksThan(0, out, run)).isDirectory();
    } finally {
      run.destroyForcibly().waitFor();
    }
  }

  private static Path awaitMoreForksThan(int forks, Path out, Process run)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < deadline) {
      try (Stream<Path> folders = Files.list(out)) {
        Path folder = folders.findFirst().orElse(null);
        if (folder != null && forks(samples(folder)) > forks) {
          return folder;
        }
      }
      assertThat(run.isAlive()).as("the run ended before it could be killed").isTrue();
      Thread.sleep(20);
    }
    throw new AssertionError("nothing measured within " + PATIENCE_NANOS + " ns");
  }

  private static Map<String, List<Sample>> samples(Path folder) {
    Map<String, List<Sample>> samples = new HashMap<>();
    RunFolder run = RunFolder.open(folder);
    if (run.has(Document.MEASUREMENTS)) {
      for (Measurement measurement :
          run.read(Document.MEASUREMENTS, MeasurementFile.class).measurements()) {
        samples.put(measurement.id(), measurement.samples());
      }
    }
    return samples;
  }

  private static int forks(Map<String, List<Sample>> samples) {
    return samples.values().stream()
        .mapToInt(list -> (int) list.stream().mapToInt(Sample::fork).distinct().count())
        .sum();
  }
}
