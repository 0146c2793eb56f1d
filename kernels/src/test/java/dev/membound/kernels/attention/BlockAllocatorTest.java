package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class BlockAllocatorTest {
  @Test
  void aGrowingSequenceGetsNeighboursAlsoBesideAnother() {
    BlockAllocator allocator = new BlockAllocator(64);
    int a = allocator.take(-1);
    int b = allocator.take(-1);
    for (int i = 0; i < 20; i++) {
      assertThat(allocator.take(a)).isEqualTo(a + 1);
      a++;
      assertThat(allocator.take(b)).isEqualTo(b + 1);
      b++;
    }
  }

  @Test
  void handsOutEveryBlockOnceThenRefuses() {
    BlockAllocator allocator = new BlockAllocator(7);
    boolean[] taken = new boolean[7];
    int last = -1;
    for (int i = 0; i < 7; i++) {
      last = allocator.take(i % 3 == 0 ? -1 : last);
      assertThat(taken[last]).isFalse();
      taken[last] = true;
    }
    assertThat(allocator.free()).isZero();
    assertThatThrownBy(() -> allocator.take(-1)).hasMessageContaining("all 7 blocks");
    allocator.release(4);
    assertThat(allocator.take(6)).isEqualTo(4);
  }

  @Test
  void refusesToFreeABlockTwice() {
    BlockAllocator allocator = new BlockAllocator(2);
    int block = allocator.take(-1);
    allocator.release(block);
    assertThatThrownBy(() -> allocator.release(block)).hasMessageContaining("freed twice");
  }
}
