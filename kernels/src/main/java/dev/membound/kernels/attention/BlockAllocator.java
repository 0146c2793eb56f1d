package dev.membound.kernels.attention;

import java.util.BitSet;

/**
 * Hands out blocks so that a growing sequence gets neighbours, whose keys (and values) then form
 * one sequential stream.
 */
final class BlockAllocator {
  private final int blocks;
  private final BitSet used;
  private int free;

  BlockAllocator(int blocks) {
    this.blocks = blocks;
    this.used = new BitSet(blocks);
    this.free = blocks;
  }

  int free() {
    return free;
  }

  /**
   * Takes a block: the one after {@code previous} if it is free, else one of the longest free run.
   * There it is the first, or the middle one where the run's left neighbour is in use: its sequence
   * may want to grow into the first half.
   *
   * @param previous the sequence's last block, −1 for a new sequence
   * @throws IllegalStateException if none is free
   */
  int take(int previous) {
    int block = previous + 1;
    if (previous < 0 || block >= blocks || used.get(block)) {
      block = startOfNewRun();
    }
    used.set(block);
    free--;
    return block;
  }

  void release(int block) {
    if (!used.get(block)) {
      throw new IllegalStateException("block " + block + " is freed twice");
    }
    used.clear(block);
    free++;
  }

  private int startOfNewRun() {
    int best = -1;
    int bestLength = 0;
    int start = used.nextClearBit(0);
    while (start < blocks) {
      int nextUsed = used.nextSetBit(start);
      int end = nextUsed < 0 ? blocks : nextUsed;
      if (end - start > bestLength) {
        best = start;
        bestLength = end - start;
      }
      start = used.nextClearBit(end);
    }
    if (best < 0) {
      throw new IllegalStateException(
          "all " + blocks + " blocks of the KV cache are in use: free a sequence first");
    }
    return best == 0 ? 0 : best + bestLength / 2;
  }
}
