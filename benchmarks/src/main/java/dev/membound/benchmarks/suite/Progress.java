package dev.membound.benchmarks.suite;

import java.time.Duration;

/** Hears how a long job goes. */
public interface Progress {
  /**
   * One step begins.
   *
   * @param done steps finished
   * @param planned steps in all, as known now
   * @param what the step, for a person
   * @param remaining estimated time to the end; null while nothing is known
   */
  void step(int done, int planned, String what, Duration remaining);

  /** Something that the person should know but that stops nothing. */
  void note(String line);

  /** The job is over. */
  void done();
}
