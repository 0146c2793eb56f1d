package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerOptionsTest {
  private static final Path FOLDER = Path.of("peer-runs", "a-run");

  /** The same id, whatever the caches and the free memory make of the working set. */
  @Test
  void aRunOverAnotherWorkingSetIsNotGoneOnWith() {
    List<PlannedWorkload> plan = List.of(planned(1 << 24));
    MeasurementFile same = measured(planned(1 << 24));
    MeasurementFile other = measured(planned(1 << 23));

    PeerOptions.requireSameWorkingSets(FOLDER, same, plan);
    assertThatThrownBy(() -> PeerOptions.requireSameWorkingSets(FOLDER, other, plan))
        .isInstanceOf(UserInputException.class)
        .hasMessage(
            FOLDER
                + ": gemv/F32/PACKED/cols=1024,rows=1024/b1/t1/DRAM was measured over a working set"
                + " of 8388608 bytes, this would be 16777216; start a new run");
  }

  private static PlannedWorkload planned(long workingSetBytes) {
    return new PlannedWorkload(
        new GemvWorkload(
            QuantType.F32, MatrixLayout.PACKED, 1024, 1024, 1, 1, Residency.DRAM, workingSetBytes),
        1);
  }

  private static MeasurementFile measured(PlannedWorkload planned) {
    return new MeasurementFile(
        RunFolder.SCHEMA_VERSION, "run", "quick", 1, List.of(planned.measurement(List.of())));
  }
}
