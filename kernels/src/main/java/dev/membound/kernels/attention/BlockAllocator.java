package dev.membound.kernels.attention;

import java.util.BitSet;

/**
 * Hands out blocks so that a growing sequence gets neighbours, whose keys (and values) then form
 * one sequential stream.
 */
final class BlockAllocator {
  private final int blocks;
  private final BitSet used;
  private final int[] references;
  private int free;

  BlockAllocator(int blocks) {
    this.blocks = blocks;
    this.used = new BitSet(blocks);
    this.references = new int[blocks];
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
    references[block] = 1;
    free--;
    return block;
  }

  /** Adds a sequence that reads the block. */
  void share(int block) {
    requireUsed(block);
    references[block]++;
  }

  boolean isShared(int block) {
    return references[block] > 1;
  }

  /** Takes a sequence off the block, which becomes free with the last. */
  void release(int block) {
    requireUsed(block);
    if (--references[block] == 0) {
      used.clear(block);
      free++;
    }
  }

  /** Blocks that more than one sequence reads. */
  int shared() {
    int shared = 0;
    for (int count : references) {
      shared += count > 1 ? 1 : 0;
    }
    return shared;
  }

  /** Maximal runs of free blocks. */
  int freeRuns() {
    int runs = 0;
    int start = used.nextClearBit(0);
    while (start < blocks) {
      runs++;
      start = used.nextClearBit(endOfFreeRun(start));
    }
    return runs;
  }

  /** Length of the longest run of free blocks. */
  int longestFreeRun() {
    int longest = 0;
    int start = used.nextClearBit(0);
    while (start < blocks) {
      int end = endOfFreeRun(start);
      longest = Math.max(longest, end - start);
      start = used.nextClearBit(end);
    }
    return longest;
  }

  private void requireUsed(int block) {
    if (!used.get(block)) {
      throw new IllegalStateException("block " + block + " is freed twice or was never handed out");
    }
  }

  private int endOfFreeRun(int start) {
    int nextUsed = used.nextSetBit(start);
    return nextUsed < 0 ? blocks : nextUsed;
  }

  private int startOfNewRun() {
    int best = -1;
    int bestLength = 0;
    int start = used.nextClearBit(0);
    while (start < blocks) {
      int end = endOfFreeRun(start);
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
