package dev.membound.kernels.attention;

/**
 * How much of a KV cache is in use and how broken up the rest is.
 *
 * @param usedBlocks blocks of at least one sequence
 * @param sharedBlocks blocks of more than one, after {@link PagedKvCache#fork}
 * @param freeBlocks blocks of none
 * @param freeRuns maximal runs of neighbouring free blocks
 * @param longestFreeRun blocks of the longest of them
 */
public record KvFragmentation(
    int usedBlocks, int sharedBlocks, int freeBlocks, int freeRuns, int longestFreeRun) {

  /**
   * External fragmentation: the share of free blocks outside the longest run, 0 where free memory
   * is one run or none is left. Paging works all the same; reading slows down.
   */
  public double external() {
    return freeBlocks == 0 ? 0 : 1 - longestFreeRun / (double) freeBlocks;
  }
}
