package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Json;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;

class CostCommandTest {
  private static String out(String arguments) {
    StringWriter out = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setOut(new PrintWriter(out));
    assertThat(commandLine.execute(("cost " + arguments).split(" +"))).isZero();
    return out.toString();
  }

  @Test
  void whatDoesNotFitHasAShortfallAndNoFigures() {
    String model = "--model llama-3.1-405b --device h100-sxm";
    assertThat(out(model))
        .contains("does not fit on 1 x h100-sxm: short by ")
        .doesNotContain("tokens per second", "energy of a step");
    JsonNode json = Json.mapper().readTree(out(model + " --json"));
    assertThat(json.get("fits").asBoolean()).isFalse();
    assertThat(json.get("shortfallBytes").asLong()).isPositive();
    assertThat(json.get("metrics").isNull()).isTrue();
  }

  @Test
  void theTablesSayThatTheyAreOfAStepOfTheWholeBatch() {
    assertThat(out("--model llama-3.1-8b --device h100-sxm --count 2 --batch 32"))
        .contains("each of the 32 sequences of the batch a token")
        .contains("energy of a step", "cost of a step", "carbon of a step")
        .contains("device watts, all devices");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --page 32                               | --page goes with --top-k
          --kv-module cxl-pnm                     | --kv-module goes with --kv-modules
          --prompt 10 --output 10 --context 1024  | leave out --context
          --prompt 10                             | go together
          """)
  void optionsWithoutEffectAreRefused(String arguments, String expected) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));
    String command = "cost --model llama-3.1-8b --device h100-sxm " + arguments;

    assertThat(commandLine.execute(command.split(" +"))).isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("membound: ").contains(expected);
  }

  @Test
  void whatFitsHasTheSameNames() {
    JsonNode fits = Json.mapper().readTree(out("--model llama-3.1-8b --device h100-sxm --json"));
    JsonNode none = Json.mapper().readTree(out("--model llama-3.1-405b --device h100-sxm --json"));
    assertThat(fits.propertyNames()).containsExactlyElementsOf(none.propertyNames());
    assertThat(fits.get("fits").asBoolean()).isTrue();
    assertThat(fits.get("metrics").get("tokens_per_second").get("median").asDouble()).isPositive();
  }
}
