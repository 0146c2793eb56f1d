package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PagedKvCacheTest {
  @ParameterizedTest
  @CsvSource({"F32,16,64", "F16,16,80", "BF16,8,96", "F16,24,128", "BF16,256,256", "F16,1,66"})
  void readsBackEveryAppendedElementOfInterleavedSequences(KvType type, int blockSize, int dim) {
    int heads = 3;
    int tokens = 40;
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(type, heads, dim, blockSize, 81, arena);
      BlockTable[] tables = {BlockTable.empty(blockSize), BlockTable.empty(blockSize)};
      float[][][] written = new float[2 * tokens][2][];
      Random random = new Random(5);
      for (int i = 0; i < 2 * tokens; i++) {
        written[i] = new float[][] {random(random, heads * dim), random(random, heads * dim)};
        cache.append(tables[i % 2], written[i][0], written[i][1]);
      }
      for (int i = 0; i < 2 * tokens; i++) {
        for (int j = 0; j < heads * dim; j++) {
          assertThat(cache.key(tables[i % 2], i / 2, j / dim, j % dim))
              .isEqualTo(type.round(written[i][0][j]));
          assertThat(cache.value(tables[i % 2], i / 2, j / dim, j % dim))
              .isEqualTo(type.round(written[i][1][j]));
        }
      }
    }
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
