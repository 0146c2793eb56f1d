package dev.membound.model.workload;

import java.util.ArrayList;
import java.util.List;

/**
 * {@code promptTokens} of the prompts of {@code batch} sequences, after {@code cachedTokens} that
 * are in the KV cache already: earlier chunks, or a prefix that was computed before.
 *
 * @param sharedPrefixTokens first of the cached tokens that all sequences have in common
 */
public record PrefillWorkload(
    int batch, long promptTokens, long cachedTokens, long sharedPrefixTokens, Formats formats)
    implements InferenceWorkload {

  public PrefillWorkload {
    InferenceWorkload.check(batch, promptTokens, "prompt");
    InferenceWorkload.check(batch, cachedTokens, "cached");
    if (promptTokens == 0) {
      throw new IllegalArgumentException("a prompt has at least 1 token");
    }
    if (sharedPrefixTokens < 0 || sharedPrefixTokens > cachedTokens) {
      throw new IllegalArgumentException(
          "the shared prefix must be cached, got "
              + sharedPrefixTokens
              + " of "
              + cachedTokens
              + " tokens");
    }
  }

  /** Whole prompts into an empty KV cache. */
  public PrefillWorkload(int batch, long promptTokens, Formats formats) {
    this(batch, promptTokens, 0, 0, formats);
  }

  /**
   * The same prompts in pieces of {@code chunkTokens}, each attending to those before: chunked
   * prefill, Agrawal et al., Sarathi-Serve, arXiv 2403.02310.
   *
   * @throws IllegalArgumentException for a chunk that is not positive
   */
  public List<PrefillWorkload> chunks(long chunkTokens) {
    if (chunkTokens < 1) {
      throw new IllegalArgumentException("a chunk has at least 1 token, got " + chunkTokens);
    }
    List<PrefillWorkload> chunks = new ArrayList<>();
    for (long done = 0; done < promptTokens; done += chunkTokens) {
      long tokens = Math.min(chunkTokens, promptTokens - done);
      chunks.add(
          new PrefillWorkload(batch, tokens, cachedTokens + done, sharedPrefixTokens, formats));
    }
    return List.copyOf(chunks);
  }

  @Override
  public Phase phase() {
    return Phase.PREFILL;
  }

  @Override
  public long pastTokens() {
    return cachedTokens;
  }

  @Override
  public long newTokens() {
    return promptTokens;
  }

  @Override
  public KvSelection selection() {
    return new KvSelection.Dense();
  }
}
