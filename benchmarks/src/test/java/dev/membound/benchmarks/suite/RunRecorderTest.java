package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Json;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.Sample;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunRecorderTest {
  private static final PlannedWorkload PLANNED =
      new PlannedWorkload(
          new GemvWorkload(QuantType.F16, MatrixLayout.FILE, 64, 1024, 1, 1, Residency.L2, 1), 2);

  @TempDir private Path path;
  private RunFolder folder;

  @BeforeEach
  void createFolder() {
    folder = RunFolder.create(path.resolve("run"));
  }

  @Test
  void everyForkIsOnDiskAtOnce() {
    RunRecorder recorder = RunRecorder.start(folder, "run-1", Preset.QUICK, 7);
    recorder.add(PLANNED, fork(0, 1e-6));

    MeasurementFile file = folder.read(Document.MEASUREMENTS, MeasurementFile.class);
    assertThat(file.preset()).isEqualTo("quick");
    assertThat(file.seed()).isEqualTo(7);
    assertThat(file.measurements()).hasSize(1);
    assertThat(file.measurements().getFirst().secondsPerCall().median()).isEqualTo(1e-6);
  }

  @Test
  void resumingKeepsSamplesAndKnowsWhatIsMissing() throws Exception {
    RunRecorder first = RunRecorder.start(folder, "run-1", Preset.QUICK, 7);
    first.add(PLANNED, fork(0, 1e-6));
    first.writeJmh();

    RunRecorder resumed = RunRecorder.resume(folder);
    assertThat(resumed.has(PLANNED, 0)).isTrue();
    assertThat(resumed.has(PLANNED, 1)).isFalse();
    resumed.add(PLANNED, fork(1, 2e-6));
    resumed.writeJmh();

    assertThat(resumed.file().measurements().getFirst().samples())
        .extracting(Sample::fork)
        .containsExactly(0, 0, 1, 1);
    assertThat(Json.mapper().readTree(Files.readAllBytes(folder.path().resolve("jmh.json"))))
        .hasSize(2);
  }

  @Test
  void jmhsResultsAreNotWrittenAfterEveryFork() throws Exception {
    Path jmh = folder.path().resolve("jmh.json");
    RunRecorder recorder = RunRecorder.start(folder, "run-1", Preset.QUICK, 7);
    recorder.add(PLANNED, fork(0, 1e-6));
    assertThat(jmh).doesNotExist();

    recorder.writeJmh();
    recorder.add(PLANNED, fork(1, 1e-6));
    assertThat(Json.mapper().readTree(Files.readAllBytes(jmh))).hasSize(1);
    assertThat(RunRecorder.resume(folder).has(PLANNED, 1)).isTrue();
  }

  @Test
  void aJmhFileThatIsNoArrayIsKeptAndNamed() throws Exception {
    RunRecorder.start(folder, "run-1", Preset.QUICK, 7).add(PLANNED, fork(0, 1e-6));
    Files.writeString(folder.path().resolve("jmh.json"), "{\"mine\": 1}");

    assertThatThrownBy(() -> RunRecorder.resume(folder))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("jmh.json is not JMH's: it holds no array; move it away");
    assertThat(folder.path().resolve("jmh.json")).hasContent("{\"mine\": 1}");
  }

  @Test
  void aDamagedJmhFileIsNamed() throws Exception {
    RunRecorder.start(folder, "run-1", Preset.QUICK, 7).add(PLANNED, fork(0, 1e-6));
    Files.writeString(folder.path().resolve("jmh.json"), "[{");

    assertThatThrownBy(() -> RunRecorder.resume(folder))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("jmh.json is damaged");
  }

  private static JmhFork.Outcome fork(int fork, double seconds) {
    return new JmhFork.Outcome(
        List.of(sample(fork, 0, seconds), sample(fork, 1, seconds)), "[{\"fork\": " + fork + "}]");
  }

  private static Sample sample(int fork, int iteration, double seconds) {
    return new Sample(fork, iteration, seconds, false, 1, 0, 0, 250e9);
  }
}
