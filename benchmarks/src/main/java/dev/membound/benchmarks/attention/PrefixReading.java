package dev.membound.benchmarks.attention;

import java.util.Locale;

/** How sequences that begin with the same tokens are attended to. */
public enum PrefixReading {
  /** The prefix is read once for all sequences, and merged with each suffix. */
  CASCADE,
  /**
   * Each sequence reads its whole context, through a block table that names the prefix's blocks.
   */
  FLAT;

  /** The method of {@link SharedPrefixBenchmark} that measures it. */
  String method() {
    return name().toLowerCase(Locale.ROOT);
  }
}
