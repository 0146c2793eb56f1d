package dev.membound.benchmarks.attention;

import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.PagedKvCache;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * A filled KV cache with as many groups of sequences with a shared prefix as a working set needs;
 * successive calls take them in turn. A prefix and each suffix are neighbouring blocks.
 */
final class PrefixGroups {
  private static final long SEED = 1;

  /**
   * Block tables of a group.
   *
   * @param suffixes what follows the prefix, a sequence each
   * @param flat prefix and suffix, a sequence each
   */
  private record Group(BlockTable prefix, BlockTable[] suffixes, BlockTable[] flat) {}

  private final PagedKvCache cache;
  private final Group[] groups;
  private final float[][] queries;
  private int turn;

  private PrefixGroups(PagedKvCache cache, Group[] groups, float[][] queries) {
    this.cache = cache;
    this.groups = groups;
    this.queries = queries;
  }

  /**
   * Allocates and fills.
   *
   * @param count groups, at least 1
   */
  static PrefixGroups fill(SharedPrefix shape, int count, Arena arena) {
    long blocks = shape.blocks() * count;
    if (blocks > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          blocks + " blocks; a KV cache has " + Integer.MAX_VALUE + " at most");
    }
    KvShape prefix = shape.prefix();
    PagedKvCache cache =
        PagedKvCache.allocate(
            prefix.type(),
            prefix.kvHeads(),
            prefix.headDim(),
            prefix.blockSize(),
            (int) blocks,
            arena);
    cache.fillRandom(SEED);
    Group[] groups = new Group[count];
    for (int g = 0; g < count; g++) {
      groups[g] = group(shape, (int) (g * shape.blocks()));
    }
    return new PrefixGroups(cache, groups, queries(shape));
  }

  private static Group group(SharedPrefix shape, int firstBlock) {
    KvShape prefix = shape.prefix();
    int prefixEnd = firstBlock + shape.prefixPages();
    BlockTable[] suffixes = new BlockTable[shape.sequences()];
    BlockTable[] flat = new BlockTable[shape.sequences()];
    for (int s = 0; s < shape.sequences(); s++) {
      int start = prefixEnd + s * shape.suffixPages();
      int end = start + shape.suffixPages();
      suffixes[s] =
          BlockTable.of(
              IntStream.range(start, end).toArray(), shape.suffixTokens(), prefix.blockSize());
      flat[s] =
          BlockTable.of(
              IntStream.concat(IntStream.range(firstBlock, prefixEnd), IntStream.range(start, end))
                  .toArray(),
              prefix.context() + shape.suffixTokens(),
              prefix.blockSize());
    }
    return new Group(
        BlockTable.of(
            IntStream.range(firstBlock, prefixEnd).toArray(), prefix.context(), prefix.blockSize()),
        suffixes,
        flat);
  }

  private static float[][] queries(SharedPrefix shape) {
    SplittableRandom random = new SplittableRandom(SEED);
    float[][] queries = new float[shape.sequences()][shape.prefix().attention().queryLength()];
    for (float[] query : queries) {
      for (int i = 0; i < query.length; i++) {
        query[i] = (float) (random.nextDouble() - 0.5);
      }
    }
    return queries;
  }

  PagedKvCache cache() {
    return cache;
  }

  /** A query a sequence. */
  float[][] queries() {
    return queries;
  }

  /** Goes on to the next group. */
  void next() {
    turn = turn + 1 == groups.length ? 0 : turn + 1;
  }

  /** The shared tokens of the group whose turn it is. */
  BlockTable prefix() {
    return groups[turn].prefix;
  }

  /** The other tokens, a sequence each. */
  BlockTable[] suffixes() {
    return groups[turn].suffixes;
  }

  /** All tokens, a sequence each. */
  BlockTable[] flat() {
    return groups[turn].flat;
  }
}
