package dev.membound.kernels.attention;

/**
 * Heads of a decode attention. {@code queryHeads == kvHeads} is multi-head attention, {@code
 * kvHeads == 1} multi-query, anything between grouped-query attention (<a
 * href="https://arxiv.org/abs/2305.13245">Ainslie et al. 2023</a>).
 *
 * @param queryHeads query heads, a multiple of {@code kvHeads}
 * @param kvHeads key/value heads, at least 1
 * @param headDim elements of a head, {@value #MIN_HEAD_DIM} to {@value #MAX_HEAD_DIM}, even
 */
public record AttentionShape(int queryHeads, int kvHeads, int headDim) {
  public static final int MIN_HEAD_DIM = 64;
  public static final int MAX_HEAD_DIM = 256;

  /** Beyond this magnitude a query would overflow the F16 decode, which works scaled by 2^112. */
  private static final float MAX_QUERY = 65504;

  /**
   * @throws IllegalArgumentException naming the values that do not fit each other
   */
  public AttentionShape {
    if (kvHeads < 1 || queryHeads < 1 || queryHeads % kvHeads != 0) {
      throw new IllegalArgumentException(
          queryHeads
              + " query heads do not divide among "
              + kvHeads
              + " KV heads: query heads must be a positive multiple of KV heads");
    }
    requireHeadDim(headDim);
    if (queryHeads > Integer.MAX_VALUE / headDim) {
      throw new IllegalArgumentException(
          queryHeads + " query heads of " + headDim + " elements are more than an array holds");
    }
  }

  /** Query heads that share a KV head. */
  public int group() {
    return queryHeads / kvHeads;
  }

  /** Floats of a query, and of an output: {@code queryHeads × headDim}. */
  public int queryLength() {
    return queryHeads * headDim;
  }

  /**
   * Refuses what is no query of this shape.
   *
   * @throws IllegalArgumentException if the length differs, or an element is not finite or beyond
   *     ±65504
   */
  public void requireQuery(float[] q) {
    if (q.length != queryLength()) {
      throw new IllegalArgumentException(
          "the query has %d elements, %s needs %d".formatted(q.length, this, queryLength()));
    }
    for (int i = 0; i < q.length; i++) {
      if (!(Math.abs(q[i]) <= MAX_QUERY)) {
        throw new IllegalArgumentException(
            "q[%d] = %s is not within ±%s".formatted(i, q[i], MAX_QUERY));
      }
    }
  }

  static void requireHeadDim(int headDim) {
    if (headDim < MIN_HEAD_DIM || headDim > MAX_HEAD_DIM || headDim % 2 != 0) {
      throw new IllegalArgumentException(
          "head dimension "
              + headDim
              + " is not an even number from "
              + MIN_HEAD_DIM
              + " to "
              + MAX_HEAD_DIM);
    }
  }
}
