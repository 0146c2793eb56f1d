package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExploreIT {
  private static final int KILLS = 2;
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(3);
  private static final Path EXAMPLE =
      Program.launcher().resolveSibling("docs/examples/million-points.yaml");

  @Test
  void aKilledSweepOfAMillionGoesOnAndGivesTheSameBytes(@TempDir Path temp) throws Exception {
    Path killed = temp.resolve("killed");
    long kept = 0;
    for (int kill = 0; kill < KILLS; kill++) {
      Process program =
          Program.start(
              "explore", EXAMPLE.toString(), "--out", killed.toString(), "--threads", "1");
      kept = awaitMoreChunksThan(kept, killed, program);
      program.destroyForcibly().waitFor(); // SIGKILL
    }
    assertThat(killed.resolve("front.csv")).doesNotExist();

    Program.Result resumed = Program.run("explore", EXAMPLE.toString(), "--out", killed.toString());
    Path whole = temp.resolve("whole");
    Program.Result once = Program.run("explore", EXAMPLE.toString(), "--out", whole.toString());

    assertThat(resumed.exitCode()).as(resumed.err()).isZero();
    assertThat(once.exitCode()).as(once.err()).isZero();
    assertThat(resumed.err()).contains("exploring");
    for (String file : List.of("front.csv", "exploration.json")) {
      assertThat(killed.resolve(file)).hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(Files.readAllLines(whole.resolve("front.csv"))).hasSizeGreaterThan(20);
  }

  private static long awaitMoreChunksThan(long chunks, Path folder, Process program)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    while (System.nanoTime() < deadline) {
      long there = chunks(folder);
      if (there > chunks + 3) {
        return there;
      }
      assertThat(program.isAlive()).as("the sweep ended before it could be killed").isTrue();
      Thread.sleep(5);
    }
    throw new AssertionError("no chunk within " + PATIENCE_NANOS + " ns");
  }

  private static long chunks(Path folder) throws IOException {
    Path chunks = folder.resolve("chunks");
    if (!Files.isDirectory(chunks)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(chunks)) {
      return files.filter(file -> file.toString().endsWith(".chunk")).count();
    }
  }

  @Test
  void aBadSweepIsRefusedInOneLine(@TempDir Path temp) throws Exception {
    Path file = temp.resolve("bad.yaml");
    Files.writeString(file, Files.readString(EXAMPLE).replace("[llama-3.1-70b]", "[llama-3.1]"));
    Program.Result result = Program.run("explore", file.toString(), "--out", temp.toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.err()).contains("bad.yaml line 5", "'models'", "llama-3.1");
  }

  @Test
  void aMissingSweepIsRefusedInOneLine(@TempDir Path temp) throws Exception {
    Program.Result result = Program.run("explore", temp.resolve("none.yaml").toString());
    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errLines()).hasSize(1);
  }

  @Test
  void costPrintsEnergyMoneyAndCarbonWithIntervals() throws Exception {
    Program.Result result =
        Program.run(
            "cost", "--model", "llama-3.1-8b", "--device", "h100-sxm", "--deployment", "france");
    assertThat(result.exitCode()).as(result.err()).isZero();
    assertThat(result.out()).contains("joules per token", "USD/Mtoken", "embodied, devices");
  }

  @Test
  void costRefusesBadInputInOneLine() throws Exception {
    for (String[] bad :
        new String[][] {
          {"--deployment", "mars"},
          {"--power-cap", "10"},
          {"--prompt", "100"},
          {"--weights", "f17"}
        }) {
      Program.Result result =
          Program.run("cost", "--model", "llama-3.1-8b", "--device", "h100-sxm", bad[0], bad[1]);
      assertThat(result.exitCode()).as(bad[0]).isEqualTo(1);
      assertThat(result.errLines()).as(bad[0]).hasSize(1);
    }
  }
}
