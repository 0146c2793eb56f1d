package dev.membound.benchmarks.suite;

import dev.membound.benchmarks.sampling.SampleMetrics;
import dev.membound.model.run.Disturbance;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
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

/** Runs one workload in one forked JVM through JMH. */
final class JmhFork {
  /** What a fork gave: its samples, and the JSON that JMH wrote. */
  record Outcome(List<Sample> samples, String jmhJson) {}

  private final Preset preset;
  private final Path scratch;

  /**
   * @param scratch an existing folder for JMH's own output and result files
   */
  JmhFork(Preset preset, Path scratch) {
    this.preset = preset;
    this.scratch = scratch;
  }

  /**
   * Runs the workload once.
   *
   * @param fork number that the samples carry
   * @throws ForkFailedException if the fork died or gave no result; the message is one line
   * @throws RunFolderException if another JMH run holds the lock of this machine
   */
  Outcome run(Workload workload, int fork) throws ForkFailedException {
    Path json = scratch.resolve("jmh-fork.json");
    Path log = scratch.resolve("jmh-fork.log");
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(include(workload))
            .mode(Mode.Throughput)
            .timeUnit(TimeUnit.SECONDS)
            .threads(1)
            .forks(1)
            .warmupForks(0)
            .warmupIterations(1)
            .warmupTime(TimeValue.milliseconds(preset.warmup().toMillis()))
            .measurementIterations(preset.iterations())
            .measurementTime(TimeValue.milliseconds(preset.iteration().toMillis()))
            .timeout(TimeValue.seconds(60))
            .jvmArgs(jvmArguments())
            .shouldFailOnError(true)
            .shouldDoGC(false)
            .resultFormat(ResultFormatType.JSON)
            .result(json.toString())
            .output(log.toString());
    SampleMetrics.profilers().forEach(options::addProfiler);
    workload.params().forEach(options::param);
    try {
      Files.deleteIfExists(json);
      Collection<RunResult> results = new Runner(options.build()).run();
      if (results.size() != 1) {
        throw new ForkFailedException(
            "JMH gave " + results.size() + " results instead of 1; its log is " + log, null);
      }
      return new Outcome(
          samples(results.iterator().next(), workload, fork), Files.readString(json));
    } catch (RunnerException e) {
      if (e.getMessage() != null && e.getMessage().contains("jmh.lock")) {
        // No fault of the workload, and all that follow would meet it.
        throw new RunFolderException(
            "another JMH run holds the lock of this machine, timings would disturb each other; wait"
                + " for it, then --resume (what was measured before is kept)",
            e);
      }
      throw new ForkFailedException(reason(e, log), e);
    } catch (IOException e) {
      throw new ForkFailedException("cannot use " + scratch + ": " + e.getMessage(), e);
    }
  }

  /** The expression by which JMH finds a workload's benchmark. */
  static String include(Workload workload) {
    return "^"
        + Pattern.quote(workload.benchmark().getName())
        + "\\."
        + workload.method().map(method -> Pattern.quote(method) + "$").orElse("");
  }

  private String[] jvmArguments() {
    List<String> arguments = new ArrayList<>(ForkJvm.arguments());
    if (!preset.warmsUpUntilCompiled()) {
      arguments.add("-D" + WarmUp.PROPERTY + "=off");
    }
    return arguments.toArray(String[]::new);
  }

  private List<Sample> samples(RunResult result, Workload workload, int fork) {
    List<Sample> samples = new ArrayList<>();
    for (BenchmarkResult benchmark : result.getBenchmarkResults()) {
      for (IterationResult iteration : benchmark.getIterationResults()) {
        samples.add(sample(iteration, workload, fork, samples.size()));
      }
    }
    return samples;
  }

  private Sample sample(IterationResult iteration, Workload workload, int fork, int index) {
    double callsPerSecond = iteration.getPrimaryResult().getScore();
    Map<String, Result> secondary = iteration.getSecondaryResults();
    double cpuOverWall = score(secondary, SampleMetrics.CPU_OVER_WALL, 1);
    double steal = score(secondary, SampleMetrics.STEAL_FRACTION, 0);
    double jitMilliseconds = score(secondary, SampleMetrics.JIT_MILLISECONDS, 0);
    double ceiling = score(secondary, SampleMetrics.READ_CEILING_BYTES_PER_SECOND, Double.NaN);
    Double allocated = allocatedBytesPerCall(secondary, callsPerSecond);
    List<Disturbance> disturbedBy =
        DisturbanceRule.reasons(
            cpuOverWall,
            steal,
            jitMilliseconds / 1e3,
            preset.iteration().toNanos() / 1e9,
            score(secondary, SampleMetrics.READ_CEILING_DRIFT, 0),
            score(secondary, SampleMetrics.READ_CEILING_COMPILED, 1) != 0,
            score(secondary, SampleMetrics.WARM_UP_SETTLED, 1) != 0,
            allocated == null || workload.allocates() ? 0 : allocated);
    return new Sample(
        fork,
        index,
        1 / callsPerSecond,
        !disturbedBy.isEmpty(),
        cpuOverWall,
        steal,
        jitMilliseconds,
        Double.isFinite(ceiling) && ceiling > 0 ? ceiling : null,
        allocated,
        disturbedBy);
  }

  /** Null for benchmarks that do not count it. */
  private static Double allocatedBytesPerCall(
      Map<String, Result> secondary, double callsPerSecond) {
    double bytesPerSecond = score(secondary, TrafficCounters.ALLOCATED_BYTES, Double.NaN);
    return Double.isNaN(bytesPerSecond) ? null : bytesPerSecond / callsPerSecond;
  }

  private static double score(Map<String, Result> secondary, String name, double otherwise) {
    Result<?> result = secondary.get(name);
    return result == null || Double.isNaN(result.getScore()) ? otherwise : result.getScore();
  }

  private static String reason(RunnerException e, Path log) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().findFirst().orElse("JMH failed") + "; its log is " + log;
  }
}
