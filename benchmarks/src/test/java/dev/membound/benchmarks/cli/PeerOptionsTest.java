package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.comparison.Comparison;
import dev.membound.benchmarks.comparison.PeerCatalogue;
import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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

  @Test
  void aLibraryThatIsMissingIsToldOfInOneLine(@TempDir Path classPath) throws Exception {
    Path services = Files.createDirectories(classPath.resolve("META-INF/services"));
    Files.writeString(services.resolve(PeerCatalogue.class.getName()), Damaged.class.getName());
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    try (URLClassLoader damaged =
        new URLClassLoader(new URL[] {classPath.toUri().toURL()}, before)) {
      thread.setContextClassLoader(damaged);

      assertThatThrownBy(() -> new PeerOptions().run(null))
          .isInstanceOf(UserInputException.class)
          .hasMessage(
              "a library of the peers is missing or damaged (java.lang.NoClassDefFoundError:"
                  + " ai/onnxruntime/OrtException); delete peers/target and run"
                  + " `./membound bench --peers` again, which builds it anew");
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /** As the catalogue of the peers fails where a jar is not there. */
  public static final class Damaged implements PeerCatalogue {
    public Damaged() {
      throw new NoClassDefFoundError("ai/onnxruntime/OrtException");
    }

    @Override
    public List<String> unavailable() {
      return List.of();
    }

    @Override
    public List<Comparison> gemv(int rows, int cols, int threads) {
      return List.of();
    }

    @Override
    public List<Comparison> attention(int context, int threads) {
      return List.of();
    }
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
