package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.StructuredKeys;
import dev.membound.model.run.QualityFile.Row;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * What is swept: every method at every context, page size and budget.
 *
 * @param contextTokens lengths of structured contexts; a dump has its own
 * @param pageTokens 1 to 256 each, as a cache takes them; methods that select tokens run with the
 *     first only
 * @param budgetTokens at least 2 each; those not below the context are left out
 */
public record QualitySweep(
    AttentionShape shape,
    KvType type,
    List<Integer> contextTokens,
    List<Integer> pageTokens,
    List<Integer> budgetTokens,
    long seed) {

  public QualitySweep {
    contextTokens = requirePositive(contextTokens, 2, "context");
    pageTokens = requirePositive(pageTokens, 1, "page");
    for (int page : pageTokens) {
      if (page > PagedKvCache.MAX_BLOCK_SIZE) {
        throw new IllegalArgumentException(
            "a page of %d tokens; it must be at most %d"
                .formatted(page, PagedKvCache.MAX_BLOCK_SIZE));
      }
    }
    budgetTokens = requirePositive(budgetTokens, 2, "budget");
  }

  /** Judges all methods on structured keys. */
  public List<Row> structured(BiConsumer<Integer, Integer> progress) {
    List<Row> rows = new ArrayList<>();
    int planned = contextTokens.size() * pageTokens.size();
    int done = 0;
    for (int tokens : contextTokens) {
      for (int page : pageTokens) {
        progress.accept(done++, planned);
        try (Arena arena = Arena.ofShared()) {
          StructuredKeys keys = StructuredKeys.withSeed(seed);
          judge(KvContext.structured(keys, shape, type, tokens, page, arena), page, rows);
        }
      }
    }
    return rows;
  }

  /**
   * Judges all methods on a dump, whose heads and length replace the sweep's.
   *
   * @throws IllegalArgumentException if the file is no dump; the message names file and reason
   */
  public List<Row> dump(Path file, BiConsumer<Integer, Integer> progress) {
    List<Row> rows = new ArrayList<>();
    int done = 0;
    for (int page : pageTokens) {
      try (Arena arena = Arena.ofShared()) {
        KvContext context = KvDump.read(file, type, page, arena);
        progress.accept(done++, pageTokens.size());
        judge(context, page, rows);
      }
    }
    return rows;
  }

  private void judge(KvContext context, int page, List<Row> rows) {
    try (WorkerTeam team = WorkerTeam.of(1)) {
      QualityJudge judge = new QualityJudge(context, team);
      boolean first = page == pageTokens.getFirst();
      for (SelectionMethod method : SelectionMethods.ALL) {
        if (!first && !method.selectsPages()) {
          continue;
        }
        if (method.findsBudget()) {
          rows.add(judge.judge(method, SelectionMethod.OWN_BUDGET, team));
          continue;
        }
        for (int budget : budgetTokens) {
          if (budget < context.tokens()) {
            rows.add(judge.judge(method, budget, team));
          }
        }
      }
    }
  }

  private static List<Integer> requirePositive(List<Integer> values, int least, String what) {
    for (int value : values) {
      if (value < least) {
        throw new IllegalArgumentException(
            "a %s of %d tokens; it must be at least %d".formatted(what, value, least));
      }
    }
    if (values.isEmpty()) {
      throw new IllegalArgumentException("no " + what + " to sweep");
    }
    return List.copyOf(values);
  }
}
