package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class SimulateCommandTest {
  private static final String SYSTEM = "simulate --model llama-3.1-8b --device h100-sxm ";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--shared-prefix 8192 --batch 4 --phase decode",
        "--shared-prefix 8192 --batch 4",
        "--context 0",
      })
  void aStepNeedsNoPrompt(String arguments) {
    StringWriter out = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setOut(new PrintWriter(out));

    assertThat(commandLine.execute((SYSTEM + arguments + " --json").split(" +"))).isZero();
    JsonNode answer = Json.mapper().readTree(out.toString());
    assertThat(answer.get("decode").get("seconds").get("median").asDouble()).isPositive();
    assertThat(answer.get("prefill").isNull()).isTrue();
  }

  @Test
  void aDraftHasToFitWithAllItsTokens() {
    StringWriter out = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setOut(new PrintWriter(out));
    String drafting = "--batch 4 --context 2000 --draft-model llama-3.2-1b --draft-tokens 7 --json";

    assertThat(commandLine.execute((SYSTEM + drafting).split(" +"))).isZero();
    JsonNode held = Json.mapper().readTree(out.toString()).at("/capacity/pools/0/bytesByComponent");
    assertThat(held.get("kv").asLong()).isEqualTo(4L * 2008 * 131_072);
    assertThat(held.get("draft-kv").asLong()).isEqualTo(4L * 2008 * 32_768);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --shared-prefix 8192 --phase prefill | beyond --shared-prefix
          --shared-prefix 8192 --chunk 512     | beyond --shared-prefix
          --phase decode --chunk 512           | leave out --phase decode
          --search latency --tp 4              | --search finds --tp itself
          --search latency --dp 4 --count 8    | --search finds --dp itself
          """)
  void badInputIsOneLine(String arguments, String expected) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));

    assertThat(commandLine.execute((SYSTEM + arguments).split(" +")))
        .isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("membound: ").contains(expected);
  }
}
