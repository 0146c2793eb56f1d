package dev.membound.benchmarks.suite;

import java.time.Duration;
import java.util.List;

/**
 * How long measuring may take. The first round of forks always completes; the second, without which
 * an interval knows one JVM only, may exceed the budget by 30 %; later ones stop when it is spent.
 */
record RoundBudget(Duration budget) {
  private static final int SECOND_ROUND_PERCENT = 130;

  /**
   * Whether one more fork may start.
   *
   * @param fork its round, from 0
   * @param spent measuring time so far
   */
  boolean mayStart(int fork, Duration spent) {
    return switch (fork) {
      case 0 -> true;
      case 1 -> spent.compareTo(budget.multipliedBy(SECOND_ROUND_PERCENT).dividedBy(100)) <= 0;
      default -> spent.compareTo(budget) <= 0;
    };
  }

  /**
   * Time until the last fork that may start has ended, at the pace so far.
   *
   * @param done forks measured in {@code spent}, at least 1
   * @param forks rounds of the forks to come, in order
   */
  Duration remaining(Duration spent, int done, List<Integer> forks) {
    Duration each = spent.dividedBy(done);
    Duration left = Duration.ZERO;
    for (int fork : forks) {
      if (mayStart(fork, spent.plus(left))) {
        left = left.plus(each);
      }
    }
    return left;
  }
}
