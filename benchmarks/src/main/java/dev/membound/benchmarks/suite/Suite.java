package dev.membound.benchmarks.suite;

import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * Measures a plan into a run folder.
 *
 * <p>It goes in rounds: each round runs every workload in one fork, so that a machine that drifts
 * drifts under all of them alike, as far as the {@linkplain RoundBudget budget} goes.
 */
public final class Suite {
  private final RunFolder folder;
  private final Preset preset;
  private final RoundBudget budget;
  private final List<PlannedWorkload> plan;
  private final Progress progress;

  /** Measures within the preset's own budget. */
  public Suite(RunFolder folder, Preset preset, List<PlannedWorkload> plan, Progress progress) {
    this(folder, preset, preset.budget(), plan, progress);
  }

  /**
   * As the other.
   *
   * @param budget measuring time, see {@link RoundBudget}, instead of the preset's
   */
  public Suite(
      RunFolder folder,
      Preset preset,
      Duration budget,
      List<PlannedWorkload> plan,
      Progress progress) {
    this.folder = folder;
    this.preset = preset;
    this.budget = new RoundBudget(budget);
    this.plan = List.copyOf(plan);
    this.progress = progress;
  }

  /**
   * Measures what the folder does not hold yet.
   *
   * @param runId of the folder's {@code host.json}
   * @param seed recorded with the measurements
   * @return all that the folder holds now
   * @throws RunFolderException if the folder cannot be read or written, another process measures
   *     into it or runs JMH, or no benchmark at all could run
   */
  public MeasurementFile measure(String runId, long seed) {
    FolderLock lock = FolderLock.take(folder);
    try {
      return measureLocked(runId, seed);
    } finally {
      lock.close();
    }
  }

  private MeasurementFile measureLocked(String runId, long seed) {
    RunRecorder recorder =
        folder.has(Document.MEASUREMENTS)
            ? RunRecorder.resume(folder)
            : RunRecorder.start(folder, runId, preset, seed);
    List<Step> steps = missingSteps(recorder);
    Path scratch = createScratch();
    Thread whenStopped = new Thread(() -> writeLastResults(recorder), "membound-last-results");
    Runtime.getRuntime().addShutdownHook(whenStopped);
    try {
      run(steps, recorder, new JmhFork(preset, scratch));
      recorder.writeJmh();
      forget(whenStopped);
    } finally {
      progress.done();
      delete(scratch);
    }
    MeasurementFile file = recorder.file();
    if (file.measurements().isEmpty()) {
      throw new RunFolderException("no benchmark could run; the reasons are printed above");
    }
    return file;
  }

  private static void writeLastResults(RunRecorder recorder) {
    try {
      recorder.writeJmh();
    } catch (RunFolderException e) {
      // The process is ending; the samples are in measurements.json.
    }
  }

  /** The hook would keep all results in memory for what a run does after measuring. */
  private static void forget(Thread hook) {
    try {
      Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      // The process is ending.
    }
  }

  private record Step(PlannedWorkload planned, int fork) {}

  private List<Step> missingSteps(RunRecorder recorder) {
    int rounds = plan.stream().mapToInt(PlannedWorkload::forks).max().orElse(0);
    List<Step> steps = new ArrayList<>();
    for (int fork = 0; fork < rounds; fork++) {
      for (PlannedWorkload planned : plan) {
        if (fork < planned.forks() && !recorder.has(planned, fork)) {
          steps.add(new Step(planned, fork));
        }
      }
    }
    return steps;
  }

  private void run(List<Step> steps, RunRecorder recorder, JmhFork jmh) {
    long start = System.nanoTime();
    int done = 0;
    int failed = 0;
    for (Step step : steps) {
      Duration spent = Duration.ofNanos(System.nanoTime() - start);
      if (!budget.mayStart(step.fork(), spent)) {
        progress.note(
            "the time budget of "
                + budget.budget().toSeconds()
                + " s is spent: "
                + (steps.size() - done)
                + " of "
                + steps.size()
                + " forks left out, intervals are wider (resume the run to add them)");
        return;
      }
      progress.step(done, steps.size(), describe(step), remaining(spent, done, steps));
      try {
        recorder.add(step.planned(), jmh.run(step.planned().workload(), step.fork()));
      } catch (ForkFailedException e) {
        failed++;
        progress.note(step.planned().id() + " failed: " + e.getMessage());
        if (failed == steps.size() || failed > 10 && failed > done / 2) {
          throw new RunFolderException(
              "too many benchmarks fail; the last one: " + e.getMessage(), e);
        }
      }
      done++;
    }
  }

  private Duration remaining(Duration spent, int done, List<Step> steps) {
    return done == 0
        ? null
        : budget.remaining(spent, done, steps.stream().skip(done).map(Step::fork).toList());
  }

  private static String describe(Step step) {
    return step.planned().id() + " fork " + (step.fork() + 1);
  }

  private static Path createScratch() {
    try {
      return Files.createTempDirectory("membound");
    } catch (IOException e) {
      throw new RunFolderException(
          "cannot create a temporary folder in "
              + System.getProperty("java.io.tmpdir")
              + ": "
              + e.getMessage()
              + "; free some space there",
          e);
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // Left to the operating system's clean-up of its temporary folder.
    }
  }
}
