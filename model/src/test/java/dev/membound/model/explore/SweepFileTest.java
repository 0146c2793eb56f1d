package dev.membound.model.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.cost.Metric;
import dev.membound.model.workload.Sharding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SweepFileTest {
  private static final String SWEEP =
      """
      name: test
      models: [llama-3.1-8b]
      devices:
        - device: h100-sxm
          vary:
            memory.pin_bandwidth_Gbps: {from: 4, to: 8, steps: 3}
            engines.tensor-cores.peak.F16_TFLOPS: [500, 1000]
        - device: cxl-pnm
      tensor_parallel: [1, 2]
      weights: [f16, q4_0]
      contexts: {from: 1000, to: 100000, steps: 3, scale: geometric}
      batches: [4, 1]
      objectives:
        tokens_per_second: max
        joules_per_token: min
      """;

  private static Sweep parse(String yaml) {
    return SweepFile.parse("sweep.yaml", yaml);
  }

  @Test
  void everyCombinationIsAPointOfItsOwn() {
    Sweep sweep = parse(SWEEP);
    assertThat(sweep.points()).isEqualTo(7 * 2 * 2 * 3 * 2);
    Set<String> seen = new HashSet<>();
    for (long index = 0; index < sweep.points(); index++) {
      Design d = sweep.design(index);
      seen.add(
          d.variant().device().name()
              + d.sharding()
              + d.weights()
              + d.contextTokens()
              + "/"
              + d.batch());
    }
    assertThat(seen).hasSize((int) sweep.points());
  }

  @Test
  void rangesEndWhereTheySayAndValuesReachTheDevice() {
    Sweep sweep = parse(SWEEP);
    assertThat(sweep.contexts()).containsExactly(1000L, 10000L, 100000L);
    assertThat(sweep.batches()).containsExactly(1, 4);
    assertThat(sweep.objectives().getFirst())
        .isEqualTo(new Objective(Metric.TOKENS_PER_SECOND, true));
    DeviceVariant second = sweep.devices().get(1);
    assertThat(second.values())
        .containsEntry("memory.pin_bandwidth_Gbps", 4.0)
        .containsEntry("engines.tensor-cores.peak.F16_TFLOPS", 1000.0);
    assertThat(second.device().quantities().get("memory.peak_bandwidth").value())
        .isCloseTo(5 * 1024 * 4 * 0.125e9, within(1.0));
    assertThat(second.device().quantities().get("tensor-cores.peak.F16").value())
        .isEqualTo(1000e12);
    assertThat(second.device().quantities().get("memory.capacity").value())
        .isEqualTo(80.0 * (1L << 30));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "models: [llama-3.1-8b]        | models: [llama-3.1-9b]         | line 2: 'models'",
        "models: [llama-3.1-8b]        | models: llama-3.1-8b           | line 2: 'models'",
        "device: h100-sxm              | device: h100-sxn               | 'devices[0].vary'",
        "device: cxl-pnm               | device: cxl-pmn                | 'devices[1].device'",
        "memory.pin_bandwidth_Gbps     | memory.pin_bandwith_Gbps       | pin_bandwith_Gbps",
        "memory.pin_bandwidth_Gbps     | memory.pin_bandwidth_GB        | wrong unit",
        "steps: 3}                     | steps: 1}                      | steps",
        "{from: 4, to: 8, steps: 3}    | {from: 8, to: 4, steps: 3}     | devices[0].vary.memory",
        "{from: 4, to: 8, steps: 3}    | {from: 4, too: 8, steps: 3}    | devices[0].vary.memory",
        "tensor_parallel: [1, 2]       | tensor_parallel: [0, 2]        | 'tensor_parallel'",
        "tensor_parallel: [1, 2]       | tensor_parallel: [1.5]         | whole numbers",
        "tensor_parallel               | tensor_paralel                 | did you mean",
        "[f16, q4_0]                   | [f17]                          | 'weights'",
        "batches: [4, 1]               | batches: [4, one]              | not 'one'",
        "batches: [4, 1]               | batches: []                    | 'batches'",
        "batches: [4, 1]               | power_caps_W: [4]              | 'batches': missing",
        "scale: geometric              | scale: cubic                   | scale",
        "tokens_per_second: max        | tokens_per_secnd: max          | tokens_per_second",
        "tokens_per_second: max        | tokens_per_second: most        | max or min",
        "name: test                    | name: ../test                  | 'name'",
        "steps: 3, scale: geometric    | steps: 100001                  | 'contexts.steps'",
      })
  void badFilesAreRefusedInOneLineWithFileAndKey(String good, String bad, String part) {
    assertThat(SWEEP).contains(good);
    assertThatThrownBy(() -> parse(SWEEP.replace(good, bad)))
        .isInstanceOf(CatalogueException.class)
        .hasMessageStartingWith("sweep.yaml line ")
        .hasMessageContaining(part)
        .hasMessageNotContaining("\n");
  }

  @Test
  void parallelismIsReadAsItIsWritten() {
    Sweep sweep =
        parse(SWEEP.replace("tensor_parallel: [1, 2]", "parallelism: [TP8, TP2 PP4, TP2 EP4 DP2]"));
    assertThat(sweep.parallelism())
        .containsExactly(
            Sharding.tensor(8), new Sharding(2, 4, 1, 1, 1, 0), new Sharding(2, 1, 4, 2, 1, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"TP", "TP0", "XP2", "TP2 TP4", "TP2 EP3", "2"})
  void badParallelismIsRefusedInOneLine(String label) {
    String bad = SWEEP.replace("tensor_parallel: [1, 2]", "parallelism: [" + label + "]");
    assertThatThrownBy(() -> parse(bad))
        .isInstanceOf(CatalogueException.class)
        .hasMessageStartingWith("sweep.yaml line 9: 'parallelism': ")
        .hasMessageNotContaining("\n");
  }

  @Test
  void anAbsurdNumberOfPointsIsRefused() {
    String huge =
        SWEEP
            .replace("batches: [4, 1]", "batches: {from: 1, to: 100000, steps: 100000}")
            .replace("to: 100000, steps: 3, scale: geometric", "to: 200000, steps: 90000");
    assertThatThrownBy(() -> parse(huge))
        .isInstanceOf(CatalogueException.class)
        .hasMessageContaining("points");
  }

  @Test
  void theExampleSpansAMillionPoints() throws IOException {
    Path example = Path.of("../docs/examples/million-points.yaml");
    Sweep sweep = SweepFile.parse(example.toString(), Files.readString(example));
    assertThat(sweep.points()).isGreaterThanOrEqualTo(1_000_000);
  }
}
