package dev.membound.model.llm;

/**
 * The lightning indexer of DeepSeek sparse attention (DSA): a small dot product of every cached
 * token with several query heads and one shared key, after which only the best tokens are attended
 * to. DeepSeek-AI, DeepSeek-V3.2-Exp, 2025, {@code inference/model.py}.
 *
 * @param heads query heads of the indexer
 * @param headDim width of a head and of the one key a token
 * @param topK tokens that are kept
 */
public record LightningIndexer(int heads, int headDim, int topK) {

  public LightningIndexer {
    if (heads < 1 || headDim < 1 || topK < 1) {
      throw new IllegalArgumentException(
          "indexer sizes must be positive, got " + heads + ", " + headDim + " and " + topK);
    }
  }

  /** Elements of the projections: queries from {@code queryWidth}, key and head weights. */
  public long matrixElements(int hidden, long queryWidth) {
    return queryWidth * heads * headDim + (long) hidden * (headDim + heads);
  }

  /** Elements of the key's LayerNorm. */
  public long vectorElements() {
    return 2L * headDim;
  }

  /** Score of one query and one key: a product and a sum a dimension, ReLU and weight a head. */
  public long flopsPerPair() {
    return heads * (2L * headDim + 2);
  }
}
