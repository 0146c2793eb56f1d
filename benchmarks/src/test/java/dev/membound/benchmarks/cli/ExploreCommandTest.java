package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExploreCommandTest {
  private static final String SWEEP =
      """
      name: two-memories
      models: [llama-3.1-8b]
      devices:
        - device: h100-sxm
          vary:
            memory.pin_bandwidth_Gbps: [4, 8]
            memory.capacity_GiB: [80, 160]
            engines.tensor-cores.peak.F16_TFLOPS: [1000]
      parallelism: [TP1]
      power_caps_W: [500]
      contexts: [8192]
      batches: [1, 8]
      objectives: {tokens_per_second_per_sequence: max, usd_per_million_tokens: min}
      """;

  /** What a front is for: which system it is. Columns that never change leave it the room. */
  @Test
  void theFrontNamesItsSystemsInFull(@TempDir Path folder) throws Exception {
    Path sweep = Files.writeString(folder.resolve("sweep.yaml"), SWEEP);
    StringWriter out = new StringWriter();

    int exitCode =
        MemboundCommand.commandLine()
            .setOut(new PrintWriter(out))
            .execute("explore", sweep.toString(), "--out", folder.toString(), "--threads", "1");

    assertThat(exitCode).isZero();
    assertThat(out.toString())
        .contains("tokens/s: tokens per second per sequence, the more the better")
        .contains("USD/Mtoken: usd per million tokens, the less the better")
        .contains("1 x h100-sxm pin_bandwidth_Gbps=8.00 capacity_GiB=80.0 F16_TFLOPS=1,000 500 W")
        .doesNotContain("…");
  }
}
