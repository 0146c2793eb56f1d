package dev.membound.benchmarks.attention;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.KvType;

/**
 * What a sequence in the KV cache looks like.
 *
 * @param context tokens
 * @param blockSize tokens a block
 */
public record KvShape(
    KvType type, int queryHeads, int kvHeads, int headDim, int context, int blockSize) {
  public AttentionShape attention() {
    return new AttentionShape(queryHeads, kvHeads, headDim);
  }

  /** Key bytes of one sequence; the values are as many. */
  public long keyBytes() {
    return (long) kvHeads * context * type.headBytes(headDim);
  }

  /** Sequences that fill a working set in which each takes {@code bytesPerSequence}; at least 1. */
  public static int sequences(long wantedWorkingSetBytes, long bytesPerSequence) {
    if (wantedWorkingSetBytes < 0) {
      throw new IllegalArgumentException("a working set of " + wantedWorkingSetBytes + " bytes");
    }
    if (bytesPerSequence < 1) {
      throw new IllegalArgumentException(
          "a sequence of "
              + bytesPerSequence
              + " bytes fills no working set: it needs at least 1 token and 1 KV head");
    }
    return Math.toIntExact(Math.max(1, Math.ceilDiv(wantedWorkingSetBytes, bytesPerSequence)));
  }
}
