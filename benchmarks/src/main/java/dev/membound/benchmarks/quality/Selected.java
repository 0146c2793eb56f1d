package dev.membound.benchmarks.quality;

/**
 * What a method selected.
 *
 * @param tokens kept tokens of each KV head, ascending
 * @param scoredBytes bytes read to select, without the selected keys and values
 */
record Selected(int[][] tokens, long scoredBytes) {

  /** Bytes that a step reads: to select, and the selected keys and values. */
  long readBytes(KvContext context) {
    long bytes = scoredBytes;
    for (int[] head : tokens) {
      bytes += context.bytesOfTokens(head.length);
    }
    return bytes;
  }

  double meanTokens() {
    double sum = 0;
    for (int[] head : tokens) {
      sum += head.length;
    }
    return sum / tokens.length;
  }
}
