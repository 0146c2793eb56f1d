package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.run.Json;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What {@code simulate} answers, for people and for programs. */
class SimulateIT {
  private static final String EIGHT_H100 =
      "--model llama-3.1-70b --device h100-sxm --count 8 --tp 8 --batch 32 --context 8192"
          + " --weights fp8 --kv fp8";

  private static Program.Result simulate(String options) throws Exception {
    List<String> arguments = new ArrayList<>(List.of("simulate"));
    arguments.addAll(Arrays.asList(options.split(" +")));
    Program.Result result = Program.run(arguments.toArray(String[]::new));
    assertThat(result.exitCode()).as(result.err()).isZero();
    return result;
  }

  private static JsonNode json(String options) throws Exception {
    return Json.mapper().readTree(simulate(options + " --json").out());
  }

  @Test
  void printsTimesOperatorsCapacityAndWhatIntervalsComeFrom() throws Exception {
    assertThat(simulate(EIGHT_H100).out())
        .contains("a step (TPOT)", "TTFT", "on 8 x h100-sxm (TP8)")
        // 3.150 J of every device's bytes for 32 tokens.
        .contains("0.09844 J of memory energy a token", "./membound cost")
        .contains("bottleneck", "attention-all-red", "nvlink4", "memory", "startup")
        .contains("weights", "workspace", "capacity", "provenance", "model_error");
  }

  @Test
  void numbersAreWrittenAlikeInEveryCountry() throws Exception {
    String[] arguments = ("simulate --model llama-3.1-70b --device h100-sxm").split(" ");
    Program.Result german =
        Program.run(Map.of("MEMBOUND_JVM_ARGS", "-Duser.language=de -Duser.country=DE"), arguments);

    assertThat(german.out()).isEqualTo(Program.run(arguments).out()).contains("57.89 GB");
  }

  @Test
  void theJsonAddsUp() throws Exception {
    JsonNode answer = json(EIGHT_H100);
    JsonNode decode = answer.get("decode");
    double sum = 0;
    for (JsonNode operator : decode.get("operators")) {
      sum += operator.get("seconds").asDouble();
    }

    assertThat(answer.get("schemaVersion").asInt()).isEqualTo(1);
    assertThat(answer.get("system").get("sharding").get("tensorParallel").asInt()).isEqualTo(8);
    assertThat(decode.get("seconds").get("median").asDouble()).isCloseTo(sum, within(1e-12));
    assertThat(answer.get("capacity").get("fits").asBoolean()).isTrue();
    // 80 layers, 8 KV heads of 128, keys and values, one byte: 8193 tokens of 32 sequences.
    assertThat(
            answer.get("capacity").get("pools").get(0).get("bytesByComponent").get("kv").asLong())
        .isEqualTo(163_840L * 32 * 8193);
    assertThat(answer.get("parameters"))
        .allSatisfy(p -> assertThat(p.get("source").asString()).isNotBlank());
  }

  @Test
  void whatDoesNotFitNamesTheShortfallAndASystemThatHoldsIt() throws Exception {
    String model = "--model llama-3.1-70b --device h100-sxm --batch 13 --context 131071";

    assertThat(simulate(model).out())
        .contains("short by 613.56 GB of 699.46 GB")
        .contains("the smallest count that fits is 9: --count 9 --pp 9");
    assertThat(json(model + " --count 9 --pp 9").get("capacity").get("fits").asBoolean()).isTrue();
    assertThat(json(model).get("decode").isNull()).isTrue();
  }

  @Test
  void servingPhasesCarryIntervals() throws Exception {
    JsonNode answer =
        json(
            "--model llama-3.1-70b --device h100-sxm --count 8 --chunk 512 --draft-model"
                + " llama-3.2-1b --draft-tokens 4 --acceptance 0.8 --prefill-device h100-sxm"
                + " --prefill-count 8");

    assertThat(answer.get("chunkedPrefill").get("chunks").asInt()).isEqualTo(16);
    assertThat(answer.get("speculativeDecoding").get("expectedTokensPerStep").asDouble())
        .isCloseTo(3.3616, within(1e-12));
    for (JsonNode interval :
        List.of(
            answer.get("chunkedPrefill").get("seconds"),
            answer.get("speculativeDecoding").get("secondsPerToken"),
            answer.get("disaggregatedPrefill").get("secondsLayerByLayer"))) {
      assertThat(interval.get("low").asDouble()).isLessThan(interval.get("median").asDouble());
      assertThat(interval.get("high").asDouble()).isGreaterThan(interval.get("median").asDouble());
    }
  }

  @Test
  void aModelThatDraftsHasToFitToo() throws Exception {
    String two = "--model llama-3.1-70b --device h100-sxm --tp 2 --batch 8";
    JsonNode drafted = json(two + " --draft-model llama-3.1-8b");

    assertThat(json(two).get("capacity").get("fits").asBoolean()).isTrue();
    assertThat(drafted.get("capacity").get("fits").asBoolean()).isFalse();
    assertThat(drafted.get("capacity").get("pools").get(0).get("bytesByComponent").has("draft-kv"))
        .isTrue();
    assertThat(drafted.get("speculativeDecoding").isNull()).isTrue();
  }

  @Test
  void theSearchTakesTheBestSharding() throws Exception {
    JsonNode answer =
        json("--model mixtral-8x7b --device h100-sxm --count 8 --batch 16 --search latency");

    assertThat(answer.get("search").get(0).get("sharding"))
        .isEqualTo(answer.get("system").get("sharding"));
    assertThat(answer.get("search").get(0).get("seconds").asDouble())
        .isLessThanOrEqualTo(answer.get("search").get(1).get("seconds").asDouble());
  }

  @Test
  void memoriesOfTheCatalogueTakeThePlaceOfADevicesOwn() throws Exception {
    JsonNode pools =
        json("--model llama-3.1-405b --device h100-sxm --weights fp8 --weights-memory 3xhbf"
                + " --kv-memory 2xhbm4")
            .get("capacity")
            .get("pools");

    assertThat(pools.get(0).get("capacityBytes").asLong()).isEqualTo(3 * 512_000_000_000L);
    assertThat(pools.get(1).get("capacityBytes").asLong()).isEqualTo(2 * 64_000_000_000L);
    assertThat(pools.get(1).get("bytesByComponent").has("kv")).isTrue();
  }

  @Test
  void oneModelIsShownInDetail() throws Exception {
    assertThat(Program.run("models", "deepseek-v3.2").out())
        .contains("LightningIndexer", "experts=256", "KV bytes a token F16: 70272", "source: ");
  }
}
