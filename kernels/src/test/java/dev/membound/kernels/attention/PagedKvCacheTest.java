package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PagedKvCacheTest {
  @ParameterizedTest
  @CsvSource({
    "F32,16,64", "F16,16,80", "BF16,8,96", "F16,24,128", "BF16,256,256", "F16,1,66",
    "INT8,16,64", "INT8,24,80", "FP8_E4M3,16,128", "FP8_E4M3,5,66", "Q8_0,16,80", "Q8_0,8,256"
  })
  void readsBackEveryAppendedElementOfInterleavedSequencesWithinItsTypesError(
      KvType type, int blockSize, int dim) {
    int heads = 3;
    int tokens = 40;
    for (KvLayout layout : KvLayout.values()) {
      try (Arena arena = Arena.ofConfined()) {
        PagedKvCache cache = PagedKvCache.allocate(type, heads, dim, blockSize, 81, layout, arena);
        BlockTable[] tables = {BlockTable.empty(blockSize), BlockTable.empty(blockSize)};
        float[][][] written = new float[2 * tokens][2][];
        Random random = new Random(5);
        for (int i = 0; i < 2 * tokens; i++) {
          written[i] = new float[][] {spread(random, heads * dim), spread(random, heads * dim)};
          cache.append(tables[i % 2], written[i][0], written[i][1]);
        }
        for (int i = 0; i < 2 * tokens; i++) {
          for (int j = 0; j < heads * dim; j++) {
            requireStored(
                type, dim, written[i][0], j, cache.key(tables[i % 2], i / 2, j / dim, j % dim));
            requireStored(
                type, dim, written[i][1], j, cache.value(tables[i % 2], i / 2, j / dim, j % dim));
          }
        }
      }
    }
  }

  private static void requireStored(
      KvType type, int headDim, float[] written, int at, float stored) {
    int dim = at % headDim;
    int from = at - (type == KvType.Q8_0 ? dim % 32 : dim);
    int end = type == KvType.Q8_0 ? Math.min(from + 32, at - dim + headDim) : from + headDim;
    float largest = 0;
    for (int i = from; i < end; i++) {
      largest = Math.max(largest, Math.abs(written[i]));
    }
    assertThat(Math.abs((double) stored - written[at]))
        .isLessThanOrEqualTo(type.maxError(written[at], largest));
  }

  /** Gaussian, each vector of another magnitude, and some zeros. */
  private static float[] spread(Random random, int length) {
    float[] values = random(random, length);
    float size = random.nextInt(8) == 0 ? 0 : (float) Math.pow(2, random.nextInt(24) - 12);
    for (int i = 0; i < length; i++) {
      values[i] *= size;
    }
    return values;
  }

  @Test
  void refusesElementsThatTheTypeCannotHoldAndChangesNothing() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 2, arena);
      BlockTable table = BlockTable.empty(16);
      float[] good = new float[64];
      float[] bad = new float[64];
      bad[7] = 70000;
      assertThatThrownBy(() -> cache.append(table, good, bad))
          .hasMessage("values[7] = 70000.0 is not finite as F16");
      bad[7] = Float.NaN;
      assertThatThrownBy(() -> cache.append(table, bad, good)).hasMessageContaining("keys[7]");
      assertThatThrownBy(() -> cache.append(table, new float[63], good))
          .hasMessageContaining("63 keys of a token, expected 1 KV heads × 64 = 64");
      assertThat(table.length()).isZero();
      assertThat(cache.freeBlocks()).isEqualTo(2);
    }
  }

  @Test
  void refusesMoreTokensThanItHasBlocksForAndChangesNothing() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.BF16, 1, 64, 16, 2, arena);
      BlockTable table = BlockTable.empty(16);
      cache.extend(table, 20);
      assertThatThrownBy(() -> cache.extend(table, 13))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("13 tokens need 1 more blocks, the KV cache has 0 free of 2");
      assertThat(table.length()).isEqualTo(20);
      cache.extend(table, 12);
      cache.free(table);
      assertThat(cache.freeBlocks()).isEqualTo(2);
      assertThat(table.pages()).isZero();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aForkSharesBlocksUntilOneOfTheTwoWrites(KvLayout layout) {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F32, 2, 64, 16, 5, layout, arena);
      BlockTable parent = BlockTable.empty(16);
      Random random = new Random(1);
      for (int i = 0; i < 40; i++) {
        cache.append(parent, random(random, 128), random(random, 128));
      }
      BlockTable child = cache.fork(parent);
      assertThat(cache.fragmentation()).isEqualTo(new KvFragmentation(3, 3, 2, 1, 2));
      float[] own = random(random, 128);
      float[] other = random(random, 128);
      cache.append(child, own, own);
      assertThat(cache.freeBlocks()).isEqualTo(1);
      cache.append(parent, other, other);
      assertThat(cache.freeBlocks()).as("the parent's block is its own again").isEqualTo(1);
      for (int i = 0; i < 128; i++) {
        for (int token = 0; token < 40; token++) {
          assertThat(cache.key(child, token, i / 64, i % 64))
              .isEqualTo(cache.key(parent, token, i / 64, i % 64));
          assertThat(cache.value(child, token, i / 64, i % 64))
              .isEqualTo(cache.value(parent, token, i / 64, i % 64));
        }
        assertThat(cache.key(child, 40, i / 64, i % 64)).isEqualTo(own[i]);
        assertThat(cache.key(parent, 40, i / 64, i % 64)).isEqualTo(other[i]);
      }
      cache.free(parent);
      assertThat(cache.freeBlocks()).isEqualTo(2);
      cache.free(child);
      assertThat(cache.fragmentation()).isEqualTo(new KvFragmentation(0, 0, 5, 1, 5));
    }
  }

  @Test
  void copyOnWriteWithoutAFreeBlockChangesNothing() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 2, arena);
      BlockTable parent = BlockTable.empty(16);
      cache.extend(parent, 20);
      BlockTable child = cache.fork(parent);
      assertThatThrownBy(() -> cache.append(child, new float[64], new float[64]))
          .hasMessageContaining("1 tokens need 1 more blocks");
      assertThat(child.length()).isEqualTo(20);
      assertThat(child.block(1)).isEqualTo(parent.block(1));
    }
  }

  @Test
  void refusesTheTableOfAnotherCacheAndChangesNothing() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 4, arena);
      BlockTable table = BlockTable.empty(16);
      cache.extend(table, 40);
      PagedKvCache other = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 4, arena);
      BlockTable stranger = BlockTable.empty(16);
      other.extend(stranger, 20);
      String message = "another cache's";
      assertThatThrownBy(() -> cache.free(stranger)).hasMessageContaining(message);
      assertThatThrownBy(() -> cache.fork(stranger)).hasMessageContaining(message);
      assertThatThrownBy(() -> cache.fork(other.fork(stranger))).hasMessageContaining(message);
      assertThatThrownBy(() -> cache.extend(stranger, 1)).hasMessageContaining(message);
      assertThatThrownBy(() -> cache.append(stranger, new float[64], new float[64]))
          .hasMessageContaining(message);
      assertThat(cache.freeBlocks()).isEqualTo(1);
      cache.free(table);
      assertThat(cache.freeBlocks()).isEqualTo(4);
      other.free(stranger);
      cache.extend(stranger, 5); // empty, it belongs to nobody
      assertThat(stranger.length()).isEqualTo(5);
    }
  }

  @Test
  void whatCannotBeAppendedLeavesTheTableAsItWas() {
    BlockTable table = BlockTable.empty(16);
    PagedKvCache cache;
    try (Arena arena = Arena.ofConfined()) {
      cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 4, arena);
      cache.extend(table, 20);
      assertThatThrownBy(() -> cache.extend(table, Integer.MAX_VALUE))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("2147483647 tokens need 134217728 more blocks");
    }
    assertThatThrownBy(() -> cache.append(table, new float[64], new float[64]))
        .isInstanceOf(IllegalStateException.class);
    assertThat(table.length()).isEqualTo(20);
  }

  @Test
  void tablesOfGivenOrChosenBlocksOnlyRead() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 4, arena);
      BlockTable sequence = BlockTable.empty(16);
      cache.extend(sequence, 20);
      BlockTable chosen = BlockTable.withCapacity(16, 2);
      chosen.assignPages(sequence, new int[] {1}, 0, 1);
      for (BlockTable view : List.of(BlockTable.of(new int[] {1}, 4, 16), chosen)) {
        assertThatThrownBy(() -> cache.append(view, new float[64], new float[64]))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("only reads its blocks");
        assertThatThrownBy(() -> cache.extend(view, 1)).hasMessageContaining("only reads");
        assertThatThrownBy(() -> cache.fork(view)).hasMessageContaining("only reads");
        assertThatThrownBy(() -> cache.free(view)).hasMessageContaining("only reads");
        assertThat(view.length()).isEqualTo(4);
      }
      assertThat(cache.freeBlocks()).isEqualTo(2);
      assertThatThrownBy(() -> chosen.assignPages(sequence, new int[] {1}, 0, -1))
          .hasMessageContaining("-1 pages");
      assertThatThrownBy(() -> sequence.assignPages(chosen, new int[] {0}, 0, 1))
          .hasMessageContaining("owns its blocks");
    }
  }

  @Test
  void fragmentationCountsRuns() {
    assertThat(new KvFragmentation(4, 0, 0, 0, 0).external()).isZero();
    assertThat(new KvFragmentation(4, 0, 8, 3, 2).external()).isEqualTo(0.75);
    BlockAllocator allocator = new BlockAllocator(8);
    for (int i = 0; i < 8; i++) {
      allocator.take(i - 1);
    }
    for (int block : new int[] {0, 3, 4, 7}) {
      allocator.release(block);
    }
    assertThat(allocator.freeRuns()).isEqualTo(3);
    assertThat(allocator.longestFreeRun()).isEqualTo(2);
  }

  @Test
  void refusesAbsurdSizes() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatThrownBy(() -> PagedKvCache.allocate(KvType.F16, 0, 64, 16, 2, arena))
          .hasMessageContaining("at least 1 KV head");
      assertThatThrownBy(() -> PagedKvCache.allocate(KvType.F16, 1, 63, 16, 2, arena))
          .hasMessageContaining("head dimension 63");
      assertThatThrownBy(() -> PagedKvCache.allocate(KvType.F16, 1, 64, 16, -2, arena))
          .hasMessageContaining("and -2");
      assertThatThrownBy(() -> new AttentionShape(6, 4, 64)).hasMessageContaining("6 query heads");
      assertThatThrownBy(() -> new AttentionShape(4, 4, 258)).hasMessageContaining("258");
    }
  }

  @Test
  void fillsTheSameForTheSameSeed() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache a = PagedKvCache.allocate(KvType.F16, 2, 64, 16, 40, arena);
      PagedKvCache b = PagedKvCache.allocate(KvType.F16, 2, 64, 16, 40, arena);
      a.fillRandom(1);
      b.fillRandom(1);
      assertThat(a.memory().mismatch(b.memory())).isEqualTo(-1);
      b.fillRandom(2);
      assertThat(a.memory().mismatch(b.memory())).isNotEqualTo(-1);
    }
  }

  private static float[] random(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
