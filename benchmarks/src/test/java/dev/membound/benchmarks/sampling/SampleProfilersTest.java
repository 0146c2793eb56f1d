package dev.membound.benchmarks.sampling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.benchmarks.attention.MlaBenchmark;
import dev.membound.benchmarks.ceiling.FmaBenchmark;
import dev.membound.benchmarks.ceiling.ReadBenchmark;
import dev.membound.benchmarks.topk.IndexerScanBenchmark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.results.format.ResultFormatType;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SampleProfilersTest {
  @TempDir Path folder;

  @Test
  void everyIterationOfAStreamingKernelCarriesAllMetrics() throws RunnerException {
    RunResult result =
        run(tiny(ReadBenchmark.class).param("workingSetBytes", "16384").param("residency", "L1"));
    assertThat(result.getAggregatedResult().getIterationResults()).hasSize(2);
    for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
      assertThat(metric(iteration, SampleMetrics.CPU_OVER_WALL)).isBetween(0.0, 1.1);
      assertThat(metric(iteration, SampleMetrics.STEAL_FRACTION)).isBetween(0.0, 1.0);
      assertThat(metric(iteration, SampleMetrics.JIT_MILLISECONDS)).isNotNegative().isFinite();
      assertThat(metric(iteration, SampleMetrics.RUN_DELAY_SECONDS)).isNotNegative().isFinite();
      assertThat(metric(iteration, SampleMetrics.READ_CEILING_BYTES_PER_SECOND))
          .isPositive()
          .isFinite();
      assertThat(metric(iteration, SampleMetrics.READ_CEILING_DRIFT)).isNotNegative().isFinite();
      assertThat(metric(iteration, SampleMetrics.READ_CEILING_COMPILED)).isIn(0.0, 1.0);
      assertThat(metric(iteration, SampleMetrics.WARM_UP_SETTLED)).isIn(0.0, 1.0);
      assertThat(metric(iteration, "bytes")).isPositive();
      assertThat(metric(iteration, "streamsPerThread")).isBetween(1.0, 8.0);
    }
  }

  @Test
  void aKernelThatStreamsNothingHasNoCeiling() throws RunnerException {
    RunResult result = run(tiny(FmaBenchmark.class).param("threads", "2"));
    for (IterationResult iteration : result.getAggregatedResult().getIterationResults()) {
      assertThat(iteration.getSecondaryResults())
          .doesNotContainKey(SampleMetrics.READ_CEILING_BYTES_PER_SECOND)
          .containsKey(SampleMetrics.CPU_OVER_WALL);
      assertThat(metric(iteration, "flops")).isPositive();
    }
  }

  @Test
  void theJsonHoldsEveryMetricOfEveryIteration() throws RunnerException, IOException {
    Path json = folder.resolve("jmh.json");
    run(
        tiny(ReadBenchmark.class)
            .param("workingSetBytes", "16384")
            .param("residency", "L1")
            .resultFormat(ResultFormatType.JSON)
            .result(json.toString()));
    JsonNode metrics =
        JsonMapper.shared().readTree(Files.readString(json)).get(0).get("secondaryMetrics");
    for (String name :
        new String[] {
          SampleMetrics.CPU_OVER_WALL,
          SampleMetrics.STEAL_FRACTION,
          SampleMetrics.JIT_MILLISECONDS,
          SampleMetrics.RUN_DELAY_SECONDS,
          SampleMetrics.READ_CEILING_BYTES_PER_SECOND,
          SampleMetrics.READ_CEILING_DRIFT,
          SampleMetrics.READ_CEILING_COMPILED,
          SampleMetrics.WARM_UP_SETTLED,
          "bytes"
        }) {
      assertThat(metrics.path(name).path("rawData").path(0).size()).as(name).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(classes = {IndexerScanBenchmark.class, MlaBenchmark.class})
  void theRooflineSaysWhereAKernelStands(Class<?> benchmark) throws RunnerException {
    RunResult result =
        run(
            options(benchmark)
                .param("context", "300")
                .param("workingSetBytes", "65536")
                .param("heads", "8")
                .param("format", "FP8")
                .addProfiler(RooflineProfiler.class));

    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        double flops = metric(iteration, "flops");
        double bytes = metric(iteration, "bytes");
        assertThat(metric(iteration, "flopsPerByte")).isEqualTo(flops / bytes);
        double ceiling = metric(iteration, SampleMetrics.READ_CEILING_BYTES_PER_SECOND);
        Map<String, Result> shares = iteration.getSecondaryResults();
        // Both may be left out on a machine that others use.
        if (shares.containsKey("shareOfFmaPeak")) {
          assertThat(metric(iteration, "shareOfFmaPeak")).isBetween(0.0, 1.05);
        }
        if (shares.containsKey("shareOfReadCeiling")) {
          assertThat(metric(iteration, "shareOfReadCeiling"))
              .isEqualTo(bytes / ceiling)
              .isLessThanOrEqualTo(1.05);
        }
      }
    }
  }

  @Test
  void runDelayIsSummedOverThreadsAndZeroWhereUnknown() throws IOException {
    for (String line : new String[] {"1/5 7 2", "2/5 11 2", "3/damaged", "4/"}) {
      String[] parts = line.split("/", 2);
      Files.createDirectories(folder.resolve(parts[0]));
      Files.writeString(folder.resolve(parts[0]).resolve("schedstat"), parts[1] + "\n");
    }
    assertThat(RunDelay.nanoseconds(folder)).isEqualTo(18);
    assertThat(RunDelay.nanoseconds(folder.resolve("none"))).isZero();
  }

  private static ChainedOptionsBuilder options(Class<?> benchmark) {
    return new OptionsBuilder()
        .include(benchmark.getName())
        .forks(0)
        .warmupIterations(1)
        .warmupTime(TimeValue.milliseconds(5))
        .measurementIterations(2)
        .measurementTime(TimeValue.milliseconds(5))
        .verbosity(VerboseMode.SILENT);
  }

  private static ChainedOptionsBuilder tiny(Class<?> benchmark) {
    ChainedOptionsBuilder options = options(benchmark);
    for (Class<? extends InternalProfiler> profiler : SampleMetrics.profilers()) {
      options.addProfiler(profiler);
    }
    return options;
  }

  private static RunResult run(ChainedOptionsBuilder options) throws RunnerException {
    Collection<RunResult> results = new Runner(options.build()).run();
    assertThat(results).hasSize(1);
    return results.iterator().next();
  }

  private static double metric(IterationResult iteration, String name) {
    assertThat(iteration.getSecondaryResults()).containsKey(name);
    return iteration.getSecondaryResults().get(name).getScore();
  }
}
