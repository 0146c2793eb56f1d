package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.PagedKvCache;
import java.util.Random;

/**
 * Keys, values and queries with the structure that selection methods live on; on independent random
 * keys page bounds are nearly useless and no method can be judged.
 *
 * <ul>
 *   <li>the first tokens are attention sinks: one direction that every query looks at (<a
 *       href="https://arxiv.org/abs/2309.17453">StreamingLLM</a>);
 *   <li>the others drift as an AR(1) process, {@code k_t = ρ·k_(t−1) + √(1 − ρ²)·ε}, and queries
 *       look towards the newest key, hence at recent tokens;
 *   <li>some tokens are needles, each a direction that some query heads look at;
 *   <li>query heads differ in concentration: how sharply their softmax peaks.
 * </ul>
 *
 * Directions have length √headDim, as keys have on average. Same seed, same numbers.
 *
 * @param seed of everything
 * @param sinks tokens at the start that are sinks
 * @param correlation ρ of neighbouring keys, 0 to 1 exclusive
 * @param needles needles in a context, at random places
 * @param minConcentration logit of a token along a head's query, in units of √headDim, of head 0
 * @param maxConcentration the same of the last query head
 */
public record StructuredKeys(
    long seed,
    int sinks,
    double correlation,
    int needles,
    double minConcentration,
    double maxConcentration) {

  /** Last tokens of a context, which ask for the needles. */
  public static final int QUESTION_TOKENS = 32;

  /**
   * @throws IllegalArgumentException naming the number that is out of range
   */
  public StructuredKeys {
    if (sinks < 0 || needles < 0) {
      throw new IllegalArgumentException(
          "sinks " + sinks + " and needles " + needles + " must not be negative");
    }
    if (!(correlation >= 0 && correlation < 1)) {
      throw new IllegalArgumentException("correlation " + correlation + " is not in [0, 1)");
    }
    if (!(minConcentration > 0 && maxConcentration >= minConcentration)) {
      throw new IllegalArgumentException(
          "concentrations %s to %s must be positive and ascend"
              .formatted(minConcentration, maxConcentration));
    }
  }

  /** Four sinks, ρ = 0.98, eight needles, concentrations 1 to 4. */
  public static StructuredKeys withSeed(long seed) {
    return new StructuredKeys(seed, 4, 0.98, 8, 1, 4);
  }

  /**
   * Appends a context to an empty sequence and makes the query of the next token.
   *
   * @return the query, {@code queryHeads × headDim}
   */
  public float[] fill(PagedKvCache cache, BlockTable table, AttentionShape shape, int tokens) {
    return fill(cache, table, shape, tokens, new int[] {tokens - 1})[0];
  }

  /**
   * Appends a context to an empty sequence and makes the queries of some of its tokens. Those of
   * the last {@value #QUESTION_TOKENS} tokens are the question: they look at needles. Earlier ones
   * do not, for nobody knows yet what will be asked.
   *
   * @param queryTokens tokens whose query is wanted, ascending
   * @return a query a wanted token, {@code queryHeads × headDim}
   */
  public float[][] fill(
      PagedKvCache cache, BlockTable table, AttentionShape shape, int tokens, int[] queryTokens) {
    Random random = new Random(seed);
    int width = shape.kvHeads() * shape.headDim();
    float[] sink = gaussian(random, width);
    float[][] needle = new float[needles][];
    boolean[] isNeedle = new boolean[tokens];
    int[] needleAt = new int[tokens];
    for (int i = 0; i < needles; i++) {
      needle[i] = gaussian(random, width);
      if (tokens > sinks) {
        int at = sinks + random.nextInt(tokens - sinks);
        isNeedle[at] = true;
        needleAt[at] = i;
      }
    }
    float[] drift = gaussian(random, width);
    double fresh = Math.sqrt(1 - correlation * correlation);
    float[][] queries = new float[queryTokens.length][];
    int nextQuery = 0;
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < width; i++) {
        drift[i] = (float) (correlation * drift[i] + fresh * random.nextGaussian());
      }
      float[] key = token < sinks ? sink : isNeedle[token] ? needle[needleAt[token]] : drift;
      cache.append(table, key, gaussian(random, width));
      if (nextQuery < queryTokens.length && queryTokens[nextQuery] == token) {
        boolean asks = token >= tokens - QUESTION_TOKENS;
        queries[nextQuery++] = query(shape, sink, asks ? needle : new float[0][], drift);
      }
    }
    if (nextQuery < queryTokens.length) {
      throw new IllegalArgumentException(
          "no query of token %d in a context of %d, or out of order"
              .formatted(queryTokens[nextQuery], tokens));
    }
    return queries;
  }

  /** A head looks at the sinks, at its needle, if any, and at the newest key, all alike. */
  private float[] query(AttentionShape shape, float[] sink, float[][] needle, float[] drift) {
    int headDim = shape.headDim();
    float[] q = new float[shape.queryLength()];
    for (int head = 0; head < shape.queryHeads(); head++) {
      int kv = head / shape.group() * headDim;
      double norm = 0;
      for (int d = 0; d < headDim; d++) {
        float sum = sink[kv + d] + drift[kv + d];
        if (needle.length > 0) {
          sum += needle[head % needle.length][kv + d];
        }
        q[head * headDim + d] = sum;
        norm += (double) sum * sum;
      }
      double position = shape.queryHeads() == 1 ? 0 : head / (shape.queryHeads() - 1.0);
      double concentration = minConcentration + position * (maxConcentration - minConcentration);
      float length = (float) (concentration * Math.sqrt(headDim) / Math.sqrt(norm));
      for (int d = 0; d < headDim; d++) {
        q[head * headDim + d] *= length;
      }
    }
    return q;
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
