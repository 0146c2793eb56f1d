package dev.membound.benchmarks.quality;

import dev.membound.kernels.parallel.WorkerTeam;
import java.util.Optional;

/** One way to select what a decode step attends to. */
interface SelectionMethod {
  /** Budget of a method that finds its own. */
  int OWN_BUDGET = 0;

  String name();

  /** Whether it selects whole pages, so that their size matters. */
  default boolean selectsPages() {
    return false;
  }

  /** Whether it needs no budget: it is judged once a context then. */
  default boolean findsBudget() {
    return false;
  }

  /**
   * Selects for the context's last query.
   *
   * @param budgetTokens tokens that a head may select, or {@link #OWN_BUDGET}
   */
  Selected select(KvContext context, int budgetTokens, WorkerTeam team);

  /** The whole decode step, to be timed; empty where no kernel does it in one. */
  default Optional<Runnable> step(KvContext context, int budgetTokens, WorkerTeam team) {
    return Optional.empty();
  }
}
