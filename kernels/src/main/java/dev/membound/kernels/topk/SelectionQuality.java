package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;

/**
 * How good a selection S is, a query head at a time. Cosine similarity is left out on purpose: it
 * stays near 1 where the output is half wrong.
 *
 * @param recall {@code |S ∩ top-k| / k}, where top-k are the exact k = |S| best tokens
 * @param mass softmax probability that S covers, {@code exp(lse_S − lse)}; 1 of an empty context
 * @param relativeL2 {@code ‖o_S − o‖ / ‖o‖}; where the dense output is zero, 0 if the sparse one is
 *     too and infinite otherwise
 */
public record SelectionQuality(double[] recall, double[] mass, double[] relativeL2) {
  /**
   * Compares sparse attention with dense.
   *
   * @param scores exact token scores, {@code queryHeads × table.length()}, of {@link KeyScorer}
   */
  public static SelectionQuality measure(
      AttentionShape shape,
      BlockTable table,
      PageSelection selection,
      float[] scores,
      AttentionState dense,
      AttentionState sparse) {
    int[][] tokens = new int[selection.tables().length][];
    for (int kvHead = 0; kvHead < tokens.length; kvHead++) {
      tokens[kvHead] = selection.tokens(table, kvHead);
    }
    return measure(shape, table.length(), tokens, scores, dense, sparse);
  }

  /**
   * Compares attention to any tokens with dense.
   *
   * @param length tokens of the context
   * @param tokens selected tokens of each KV head
   * @param scores exact token scores, {@code queryHeads × length}, of {@link KeyScorer}
   */
  public static SelectionQuality measure(
      AttentionShape shape,
      int length,
      int[][] tokens,
      float[] scores,
      AttentionState dense,
      AttentionState sparse) {
    int heads = shape.queryHeads();
    double[] recall = new double[heads];
    double[] mass = new double[heads];
    double[] relativeL2 = new double[heads];
    for (int head = 0; head < heads; head++) {
      recall[head] = recall(tokens[head / shape.group()], scores, head * length, length);
      double lse = dense.lse()[head];
      mass[head] =
          lse == Double.NEGATIVE_INFINITY ? 1 : Math.exp(sparse.lse()[head] - lse); // of no tokens
      relativeL2[head] = relativeL2(dense, sparse, head);
    }
    return new SelectionQuality(recall, mass, relativeL2);
  }

  private static double recall(int[] tokens, float[] scores, int from, int length) {
    if (tokens.length == 0) {
      return 0;
    }
    boolean[] kept = new boolean[length];
    for (int token : tokens) {
      kept[token] = true;
    }
    int[] best = new int[tokens.length];
    new TopKSelector().select(scores, from, length, tokens.length, best, 0);
    int hits = 0;
    for (int token : best) {
      hits += kept[token] ? 1 : 0;
    }
    return hits / (double) tokens.length;
  }

  private static double relativeL2(AttentionState dense, AttentionState sparse, int head) {
    double error = 0;
    double norm = 0;
    for (int i = head * dense.headDim(); i < (head + 1) * dense.headDim(); i++) {
      double difference = (double) sparse.output()[i] - dense.output()[i];
      error += difference * difference;
      norm += (double) dense.output()[i] * dense.output()[i];
    }
    return error == 0 ? 0 : Math.sqrt(error / norm);
  }
}
