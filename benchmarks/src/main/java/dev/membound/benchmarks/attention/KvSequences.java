package dev.membound.benchmarks.attention;

import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvLayout;
import dev.membound.kernels.attention.PagedKvCache;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A filled KV cache with as many equal sequences as a working set needs; successive calls take them
 * in turn, and a new query each time around, so that a selection does not meet the pages that it
 * chose before.
 */
public final class KvSequences {
  private static final long SEED = 1;
  private static final int QUERIES = 16;

  private final KvShape shape;
  private final PagedKvCache cache;
  private final BlockTable[] tables;
  private final float[][] queries = new float[QUERIES][];
  private int turn;

  private KvSequences(KvShape shape, PagedKvCache cache, BlockTable[] tables) {
    this.shape = shape;
    this.cache = cache;
    this.tables = tables;
    SplittableRandom random = new SplittableRandom(SEED);
    for (int q = 0; q < QUERIES; q++) {
      queries[q] = new float[shape.attention().queryLength()];
      for (int i = 0; i < queries[q].length; i++) {
        queries[q][i] = (float) (random.nextDouble() - 0.5);
      }
    }
  }

  /**
   * Allocates and fills.
   *
   * @param sequences at least 1
   * @param scattered whether blocks lie in random order, as in badly fragmented memory, instead of
   *     as the allocator hands them to a growing sequence
   */
  public static KvSequences fill(
      KvShape shape, int sequences, boolean scattered, KvLayout layout, Arena arena) {
    int pages = Math.ceilDiv(shape.context(), shape.blockSize());
    PagedKvCache cache =
        PagedKvCache.allocate(
            shape.type(),
            shape.kvHeads(),
            shape.headDim(),
            shape.blockSize(),
            Math.multiplyExact(pages, sequences),
            layout,
            arena);
    cache.fillRandom(SEED);
    BlockTable[] tables = new BlockTable[sequences];
    int[] scatter = scattered ? shuffled(pages * sequences) : null;
    for (int s = 0; s < sequences; s++) {
      if (scattered) {
        int[] blocks = Arrays.copyOfRange(scatter, s * pages, (s + 1) * pages);
        tables[s] = BlockTable.of(blocks, shape.context(), shape.blockSize());
      } else {
        tables[s] = BlockTable.withCapacity(shape.blockSize(), pages);
        cache.extend(tables[s], shape.context());
      }
    }
    return new KvSequences(shape, cache, tables);
  }

  public KvShape shape() {
    return shape;
  }

  public PagedKvCache cache() {
    return cache;
  }

  /** Sequences in the cache. */
  public int count() {
    return tables.length;
  }

  /** Goes on to the next sequence. */
  public void next() {
    turn = turn + 1 == tables.length * QUERIES ? 0 : turn + 1;
  }

  /** The sequence whose turn it is. */
  public BlockTable table() {
    return tables[turn % tables.length];
  }

  /** A sequence, from 0. */
  public BlockTable table(int sequence) {
    return tables[sequence];
  }

  /** The query whose turn it is, {@code queryHeads × headDim}. */
  public float[] query() {
    return queries[turn / tables.length];
  }

  private static int[] shuffled(int count) {
    int[] blocks = new int[count];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < count; i++) {
      int j = random.nextInt(i + 1);
      blocks[i] = blocks[j];
      blocks[j] = i;
    }
    return blocks;
  }
}
