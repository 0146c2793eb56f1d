package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.Test;

class BlockTableTest {
  @Test
  void refusesRepeatedNegativeOrMiscountedBlocks() {
    assertThatThrownBy(() -> BlockTable.of(new int[] {3, 1, 3}, 48, 16))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("block table entry 2 repeats block 3: a block may occur once");
    assertThatThrownBy(() -> BlockTable.of(new int[] {3, -1}, 32, 16))
        .hasMessageContaining("entry 1 is negative: -1");
    assertThatThrownBy(() -> BlockTable.of(new int[] {3, 1}, 33, 16))
        .hasMessageContaining("33 tokens in blocks of 16 needs 3 blocks, not 2");
    assertThatThrownBy(() -> BlockTable.of(new int[0], -1, 16)).hasMessageContaining("-1 tokens");
    assertThatThrownBy(() -> BlockTable.of(new int[0], 0, 0)).hasMessageContaining("block size 0");
    assertThatThrownBy(() -> BlockTable.of(new int[0], 0, 257))
        .hasMessageContaining("block size 257");
  }

  @Test
  void refusesBlocksThatTheCacheDoesNotHave() {
    try (Arena arena = Arena.ofConfined()) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 4, arena);
      BlockTable beyond = BlockTable.of(new int[] {0, 4}, 20, 16);
      assertThatThrownBy(() -> beyond.requireWithin(cache))
          .hasMessage("the block table names block 4, the cache has blocks 0 to 3");
      BlockTable huge = BlockTable.of(new int[] {Integer.MAX_VALUE - 1}, 16, 16);
      assertThatThrownBy(() -> huge.requireWithin(cache)).hasMessageContaining("0 to 3");
      BlockTable otherSize = BlockTable.of(new int[] {0}, 20, 32);
      assertThatThrownBy(() -> otherSize.requireWithin(cache))
          .hasMessageContaining("blocks of 32 tokens, the cache of 16");
    }
  }

  @Test
  void selectedPagesKeepThePartlyFilledPageLast() {
    BlockTable table = BlockTable.of(new int[] {7, 5, 9, 2}, 50, 16);
    BlockTable selected = BlockTable.withCapacity(16, 4);
    selected.assignPages(table, new int[] {1, 3}, 0, 2);
    assertThat(selected.length()).isEqualTo(18);
    assertThat(selected.block(0)).isEqualTo(5);
    assertThat(selected.block(1)).isEqualTo(2);
    assertThat(selected.tokensOfPage(1)).isEqualTo(2);
    selected.assignPages(table, new int[] {0, 2}, 0, 2);
    assertThat(selected.length()).isEqualTo(32);
    selected.assignPages(table, new int[0], 0, 0);
    assertThat(selected.length()).isZero();
  }

  @Test
  void refusesSelectedPagesOutOfOrderOrRange() {
    BlockTable table = BlockTable.of(new int[] {7, 5, 9, 2}, 50, 16);
    BlockTable selected = BlockTable.withCapacity(16, 4);
    assertThatThrownBy(() -> selected.assignPages(table, new int[] {3, 1}, 0, 2))
        .hasMessageContaining("selected page 1 after 3");
    assertThatThrownBy(() -> selected.assignPages(table, new int[] {1, 1}, 0, 2))
        .hasMessageContaining("selected page 1 after 1");
    assertThatThrownBy(() -> selected.assignPages(table, new int[] {4}, 0, 1))
        .hasMessageContaining("within 0 to 3");
    assertThatThrownBy(() -> selected.block(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}
