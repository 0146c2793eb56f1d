package dev.membound.model.run;

import java.util.List;

/**
 * {@code quality.json}: what selections of the KV cache lose against what they save.
 *
 * @param rows one a source, method, context, page size and budget
 */
public record QualityFile(int schemaVersion, List<Row> rows) {

  public QualityFile {
    rows = Checks.list(rows, "rows");
  }

  /**
   * One selection, judged a query head at a time against attention to the whole context.
   *
   * @param source where keys, values and queries come from
   * @param method how tokens were selected
   * @param pageTokens tokens of a page; 1 for a method that selects tokens
   * @param budgetTokens tokens that a head may select; 0 where the method finds its own budget
   * @param keptTokens tokens read a KV head, the mean: more than the budget where heads unite
   * @param recall share of a head's exact best tokens that were kept, mean over heads
   * @param mass softmax probability kept, mean over heads
   * @param worstMass the same of the worst head
   * @param relativeL2 {@code ‖o_S − o‖ / ‖o‖}, mean over heads
   * @param worstRelativeL2 the same of the worst head
   * @param readBytes bytes a step reads: what the selection scores, and the selected keys and
   *     values
   * @param denseBytes bytes of all keys and values
   * @param stepSeconds median of a few calls of the step on one thread; null where no kernel does
   *     the whole step
   * @param denseSeconds the same of attention to the whole context, timed right before
   */
  public record Row(
      String source,
      String method,
      int contextTokens,
      int pageTokens,
      int budgetTokens,
      double keptTokens,
      double recall,
      double mass,
      double worstMass,
      double relativeL2,
      double worstRelativeL2,
      long readBytes,
      long denseBytes,
      Double stepSeconds,
      double denseSeconds) {

    public Row {
      Checks.text(source, "source");
      Checks.text(method, "method");
      Checks.positive(contextTokens, "contextTokens");
      Checks.positive(pageTokens, "pageTokens");
      Checks.count(budgetTokens, "budgetTokens");
      Checks.count(readBytes, "readBytes");
      Checks.count(denseBytes, "denseBytes");
      Checks.finite(denseSeconds, "denseSeconds");
      if (stepSeconds != null) {
        Checks.finite(stepSeconds, "stepSeconds");
      }
    }

    /** Bytes read over those of the whole cache. */
    public double readShare() {
      return (double) readBytes / denseBytes;
    }
  }
}
