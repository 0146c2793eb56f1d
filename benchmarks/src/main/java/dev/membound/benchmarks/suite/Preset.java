package dev.membound.benchmarks.suite;

import java.time.Duration;
import java.util.Locale;

/**
 * How much to measure: which workloads are planned and how long each one runs.
 *
 * <p>A fork is one JVM; forks are the clusters of the bootstrap, so more forks narrow the intervals
 * and more iterations hardly do.
 */
public enum Preset {
  /**
   * Checks that everything runs; warm-up and samples are far too short for numbers that mean
   * anything.
   */
  SMOKE(2, 2, Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofMinutes(5)),
  /**
   * A first look in minutes: every kernel family, few shapes. Later rounds stop when the budget is
   * spent.
   */
  QUICK(5, 4, Duration.ofMillis(300), Duration.ofMillis(100), Duration.ofSeconds(310)),
  /**
   * Every shape, for results to publish: about 14 hours on 2 cores; stop and resume as you like.
   */
  FULL(10, 8, Duration.ofMillis(500), Duration.ofMillis(250), Duration.ofHours(24));

  private final int forks;
  private final int iterations;
  private final Duration warmup;
  private final Duration iteration;
  private final Duration budget;

  Preset(int forks, int iterations, Duration warmup, Duration iteration, Duration budget) {
    this.forks = forks;
    this.iterations = iterations;
    this.warmup = warmup;
    this.iteration = iteration;
    this.budget = budget;
  }

  /** Forks of each workload when the budget allows. */
  public int forks() {
    return forks;
  }

  /** Timed iterations in a fork. */
  public int iterations() {
    return iterations;
  }

  /** JMH's warm-up in a fork, after the kernel has run until it was compiled ({@link WarmUp}). */
  public Duration warmup() {
    return warmup;
  }

  /** Whether forks wait for the JIT compilers before they measure. */
  boolean warmsUpUntilCompiled() {
    return this != SMOKE;
  }

  /** Length of one timed iteration. */
  public Duration iteration() {
    return iteration;
  }

  /**
   * Measuring time after which no fork is started but of the first two rounds: see {@link
   * RoundBudget}.
   */
  public Duration budget() {
    return budget;
  }

  /** The name that the command line and the run folder use. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The preset of a label.
   *
   * @throws IllegalArgumentException naming the choices
   */
  public static Preset of(String label) {
    for (Preset preset : values()) {
      if (preset.label().equals(label)) {
        return preset;
      }
    }
    throw new IllegalArgumentException(
        "unknown preset '" + label + "': expected smoke, quick or full");
  }
}
