package dev.membound.benchmarks.attention;

import dev.membound.kernels.attention.PagedKvCache;

/**
 * A group of sequences that begin with the same tokens.
 *
 * @param prefix the shared tokens, as a sequence of whole blocks
 * @param suffixTokens tokens that each sequence has for itself, perhaps none
 * @param sequences of a group, 1 to {@value #MOST_SEQUENCES}
 */
public record SharedPrefix(KvShape prefix, int suffixTokens, int sequences) {
  /** The scores of a worker take 16 KiB for every four query heads of all sequences. */
  static final int MOST_SEQUENCES = 1024;

  /**
   * @throws IllegalArgumentException naming the value that does not fit
   */
  public SharedPrefix {
    if (sequences < 1 || sequences > MOST_SEQUENCES) {
      throw new IllegalArgumentException(
          sequences + " sequences; a group has 1 to " + MOST_SEQUENCES);
    }
    if (prefix.blockSize() < 1 || prefix.blockSize() > PagedKvCache.MAX_BLOCK_SIZE) {
      throw new IllegalArgumentException(
          "block size "
              + prefix.blockSize()
              + " is not between 1 and "
              + PagedKvCache.MAX_BLOCK_SIZE);
    }
    if (prefix.context() < 1 || prefix.context() % prefix.blockSize() != 0) {
      throw new IllegalArgumentException(
          "a prefix of "
              + prefix.context()
              + " tokens in blocks of "
              + prefix.blockSize()
              + ": sequences share whole blocks, at least 1");
    }
    if (suffixTokens < 0) {
      throw new IllegalArgumentException(
          "suffixes of " + suffixTokens + " tokens; none is the least");
    }
    if (suffixTokens > Integer.MAX_VALUE - prefix.context()) {
      throw new IllegalArgumentException(
          "a prefix of "
              + prefix.context()
              + " and suffixes of "
              + suffixTokens
              + " tokens are longer than any sequence");
    }
  }

  int prefixPages() {
    return prefix.context() / prefix.blockSize();
  }

  int suffixPages() {
    return Math.ceilDiv(suffixTokens, prefix.blockSize());
  }

  /** Blocks of a group, those of the prefix once. */
  long blocks() {
    return prefixPages() + (long) sequences * suffixPages();
  }

  /** Tokens of a group, those of the prefix once. */
  long distinctTokens() {
    return prefix.context() + (long) sequences * suffixTokens;
  }

  /** Tokens that all sequences attend to, those of the prefix once for each. */
  long attendedTokens() {
    return (long) sequences * ((long) prefix.context() + suffixTokens);
  }

  /** Bytes of a token's keys and values. */
  long tokenBytes() {
    return 2L * prefix.kvHeads() * prefix.type().headBytes(prefix.headDim());
  }
}
