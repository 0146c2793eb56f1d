package dev.membound.model.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.entry;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.cost.Efficiency;
import dev.membound.model.cost.EfficiencyEstimator;
import dev.membound.model.cost.Metric;
import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ExplorationTest {
  /** Several chunks; systems that fit, do not, and cannot run; caps that bite; several engines. */
  private static final String SWEEP =
      """
      name: test
      models: [llama-3.1-8b, llama-3.1-70b]
      devices:
        - device: h100-sxm
          vary:
            memory.capacity_GB: [40, 80, 160]
        - device: cerebras-wse3
      tensor_parallel: [1, 3, 4]
      weights: [f16, q4_0]
      replicas: [1, 3]
      power_caps_W: [250, 700]
      contexts: {from: 512, to: 65536, steps: 12, scale: geometric}
      batches: {from: 1, to: 512, steps: 60, scale: geometric}
      front_per: [model]
      objectives:
        tokens_per_second: max
        joules_per_token: min
        tokens_per_second_per_sequence: max
      """;

  private static final Sweep PARSED = SweepFile.parse("sweep.yaml", SWEEP);

  private static Exploration.Outcome run(Path folder, int threads, boolean all)
      throws InterruptedException {
    return new Exploration(PARSED, SWEEP, folder, all).run(threads, points -> {});
  }

  private static TreeMap<String, String> contents(Path folder) throws IOException {
    TreeMap<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(folder.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  @Test
  void threadsAndRepetitionsChangeNoByte(@TempDir Path temp) throws Exception {
    Path one = temp.resolve("one");
    Path three = temp.resolve("three");
    Exploration.Outcome first = run(one, 1, true);
    assertThat(run(three, 3, true)).isEqualTo(first);
    assertThat(contents(three)).isEqualTo(contents(one));
    assertThat(run(one, 2, true)).isEqualTo(first);
    assertThat(contents(one)).isEqualTo(contents(three));
    assertThat(contents(one).keySet()).hasSizeGreaterThan(4);
  }

  @Test
  void whatAKillLeftIsUsedAndWhatItDamagedIsNot(@TempDir Path temp) throws Exception {
    Path folder = temp.resolve("sweep");
    Exploration.Outcome whole = run(folder, 2, true);
    TreeMap<String, String> before = contents(folder);
    Path chunks = folder.resolve("chunks");
    Files.delete(chunks.resolve("000001.chunk"));
    Files.writeString(
        chunks.resolve("000000.chunk"),
        Files.readString(chunks.resolve("000000.chunk")).substring(0, 200));
    Files.delete(folder.resolve("points.csv"));
    Files.writeString(chunks.resolve(".000001.chunk.tmp"), "half a chu");
    assertThat(run(folder, 1, true)).isEqualTo(whole);
    Files.deleteIfExists(chunks.resolve(".000001.chunk.tmp"));
    assertThat(contents(folder)).isEqualTo(before);
  }

  @Test
  void chunksThatAreThereAreNotComputedAgain(@TempDir Path temp) throws Exception {
    run(temp, 1, false);
    Path chunk = temp.resolve("chunks/000000.chunk");
    String marked = Files.readString(chunk).replaceFirst("fitting \\d+", "fitting 7");
    Files.writeString(chunk, marked);
    AtomicLong told = new AtomicLong();
    new Exploration(PARSED, SWEEP, temp, false).run(2, told::addAndGet);
    assertThat(Files.readString(chunk)).isEqualTo(marked);
    assertThat(told.get()).isEqualTo(PARSED.points());
  }

  @Test
  void theFolderOfAnotherSweepIsRefused(@TempDir Path temp) throws Exception {
    run(temp, 1, false);
    String other = SWEEP.replace("[250, 700]", "[250, 600]");
    Exploration exploration =
        new Exploration(SweepFile.parse("other.yaml", other), other, temp, false);
    assertThatThrownBy(() -> exploration.run(1, points -> {}))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining(temp.toString())
        .hasMessageContaining("--out");
  }

  @Test
  void theFolderOfAnotherBuildIsRefused(@TempDir Path temp) throws Exception {
    Sweep sweep = SweepFile.parse("sweep.yaml", SWEEP);
    new Exploration(sweep, SWEEP, temp, false, "before").run(1, points -> {});
    Exploration exploration = new Exploration(sweep, SWEEP, temp, false, "after");
    assertThatThrownBy(() -> exploration.run(1, points -> {}))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("the program changed");
  }

  @Test
  void metricsAreThoseOfTheEstimator(@TempDir Path temp) throws Exception {
    Exploration.Outcome outcome = run(temp, 2, false);
    EfficiencyEstimator estimator = new EfficiencyEstimator(PARSED.economics(), 1, 1);
    assertThat(outcome.front()).hasSizeGreaterThan(5);
    boolean throttled = false;
    for (DesignPoint point : outcome.front()) {
      Design design = PARSED.design(point.index());
      Efficiency efficiency =
          estimator.estimate(design.system(), design.model(), design.serving(), design.capWatts());
      throttled |= efficiency.clock() < 1;
      assertThat(efficiency.ledger().fits()).isTrue();
      for (Metric metric : List.of(Metric.JOULES_PER_TOKEN, Metric.USD_PER_MILLION_TOKENS)) {
        double expected = efficiency.get(metric).median();
        assertThat(point.value(metric)).isCloseTo(expected, within(1e-9 * expected));
      }
      double rate = efficiency.get(Metric.TOKENS_PER_SECOND).median() * design.replicas();
      assertThat(point.value(Metric.TOKENS_PER_SECOND)).isCloseTo(rate, within(1e-9 * rate));
    }
    assertThat(throttled).isTrue();
  }

  @Test
  void devicesWithEnginesInsideTheMemoryAreExploredToo(@TempDir Path temp) throws Exception {
    String yaml =
        """
        name: near
        models: [opt-13b]
        devices: [hbm-pim, cxl-pnm, h100-base-die]
        contexts: [64, 2048]
        batches: [1, 8]
        objectives: {joules_per_token: min, tokens_per_second: max}
        """;
    Sweep sweep = SweepFile.parse("near.yaml", yaml);
    Exploration.Outcome outcome = new Exploration(sweep, yaml, temp, false).run(1, points -> {});
    EfficiencyEstimator estimator = new EfficiencyEstimator(sweep.economics(), 1, 1);
    assertThat(outcome.fitting()).isGreaterThanOrEqualTo(4);
    for (DesignPoint point : outcome.front()) {
      Design design = sweep.design(point.index());
      double expected =
          estimator
              .estimate(design.system(), design.model(), design.serving())
              .get(Metric.JOULES_PER_TOKEN)
              .median();
      assertThat(point.value(Metric.JOULES_PER_TOKEN)).isCloseTo(expected, within(1e-9 * expected));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TP1 PP4", "TP1 DP8", "TP2 PP2 DP2"})
  void devicesWithoutSequencesAreIdle(String parallelism, @TempDir Path temp) throws Exception {
    String yaml =
        """
        name: idle
        models: [opt-13b]
        devices: [h100-sxm]
        parallelism: [%s]
        contexts: [2048]
        batches: [1]
        objectives: {joules_per_token: min}
        """
            .formatted(parallelism);
    Sweep sweep = SweepFile.parse("idle.yaml", yaml);
    Exploration.Outcome outcome = new Exploration(sweep, yaml, temp, false).run(1, points -> {});
    Design design = sweep.design(0);
    double expected =
        new EfficiencyEstimator(sweep.economics(), 1, 1)
            .estimate(design.system(), design.model(), design.serving())
            .get(Metric.JOULES_PER_TOKEN)
            .median();
    assertThat(outcome.front().getFirst().value(Metric.JOULES_PER_TOKEN))
        .isCloseTo(expected, within(1e-9 * expected));
  }

  @Test
  void whatDoesNotFitOrCannotRunIsCountedAndNeverOnTheFront(@TempDir Path temp) throws Exception {
    Exploration.Outcome outcome = run(temp, 2, false);
    long refused = outcome.refused().values().stream().mapToLong(Long::longValue).sum();
    assertThat(outcome.points()).isEqualTo(PARSED.points());
    assertThat(refused).isPositive();
    assertThat(outcome.fitting()).isPositive().isLessThan(outcome.points() - refused);
    assertThat(outcome.front())
        .extracting(p -> PARSED.design(p.index()).sharding().tensorParallel())
        .doesNotContain(3);
  }

  @Test
  void whatNoCountHoldsNeitherFitsNorRunsNorStopsTheOthers(@TempDir Path temp) throws Exception {
    String yaml =
        """
        name: huge
        models: [llama-3.1-8b]
        devices:
          - device: h100-sxm
            vary:
              memory.capacity_GiB: [80, 2147483648]
        parallelism: [TP8]
        contexts: [1024, 1073741824]
        batches: [1, 1048576]
        objectives: {tokens_per_second: max}
        """;
    Sweep sweep = SweepFile.parse("huge.yaml", yaml);
    Exploration.Outcome outcome = new Exploration(sweep, yaml, temp, false).run(1, points -> {});
    assertThat(outcome.points()).isEqualTo(8);
    assertThat(outcome.refused()).containsExactly(entry("a count exceeds 64 bits", 4L));
    assertThat(outcome.fitting()).isEqualTo(1);
    assertThat(outcome.front()).hasSize(1);
  }

  @Test
  void designsWhoseMetricsAreNotFiniteCannotRun(@TempDir Path temp) throws Exception {
    String yaml =
        """
        name: infinite
        models: [llama-3.1-8b]
        devices:
          - device: h100-sxm
            vary:
              memory.pin_bandwidth_Gbps: [1e-308, 5]
        contexts: [1024]
        batches: [1]
        objectives: {tokens_per_second: max, joules_per_token: min}
        """;
    Sweep sweep = SweepFile.parse("infinite.yaml", yaml);
    Exploration.Outcome outcome = new Exploration(sweep, yaml, temp, false).run(1, points -> {});
    assertThat(outcome.fitting()).isEqualTo(1);
    assertThat(outcome.refused()).hasSize(1);
    assertThat(outcome.refused().keySet()).first().asString().endsWith("is not finite");
  }

  @Test
  void everyScenarioHasItsFrontWithIntervals(@TempDir Path temp) throws Exception {
    Exploration.Outcome outcome = run(temp, 2, false);
    ExplorationFile file = new FrontIntervals(PARSED).of(outcome, done -> {});
    Set<String> scenarios = new LinkedHashSet<>();
    file.front().forEach(point -> scenarios.add(point.scenario()));
    assertThat(new ArrayList<>(scenarios)).containsExactly("llama-3.1-8b", "llama-3.1-70b");
    assertThat(file.front())
        .allSatisfy(
            point ->
                assertThat(point.metrics().get("joules_per_token").low())
                    .isLessThan(point.metrics().get("joules_per_token").high()));
    assertThat(FrontIntervals.csv(file).lines()).hasSize(1 + file.front().size());
  }
}
