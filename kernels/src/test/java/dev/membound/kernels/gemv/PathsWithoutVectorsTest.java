package dev.membound.kernels.gemv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A program that only plans, as the one that starts measurements, has no vector module. */
class PathsWithoutVectorsTest {
  /** What the test starts. */
  static final class Program {
    public static void main(String[] args) {
      for (QuantType type : QuantType.values()) {
        for (MatrixLayout layout : MatrixLayout.values()) {
          System.out.println(Gemv.activationPaths(type, layout, 1));
        }
      }
    }
  }

  @Test
  void activationPathsAreKnown() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-D" + KernelProvider.PROPERTY + "=256",
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .redirectErrorStream(true)
            .start();
    List<String> output =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
            .lines()
            .toList();

    assertThat(process.waitFor()).as("%s", output).isZero();
    assertThat(output).hasSize(QuantType.values().length * MatrixLayout.values().length);
  }
}
