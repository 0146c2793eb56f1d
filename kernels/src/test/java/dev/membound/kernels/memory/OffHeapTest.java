package dev.membound.kernels.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OffHeapTest {
  @ParameterizedTest
  @ValueSource(longs = {0, 1, 63, 4096, OffHeap.HUGE_PAGE_BYTES - 1, OffHeap.HUGE_PAGE_BYTES + 5})
  void isZeroAlignedExactlyAsLongAsAskedAndWritable(long bytes) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = OffHeap.allocate(arena, bytes);

      assertThat(segment.byteSize()).isEqualTo(bytes);
      assertThat(segment.address() % OffHeap.CACHE_LINE_BYTES).isZero();
      for (long i = 0; i < bytes; i++) {
        if (segment.get(ValueLayout.JAVA_BYTE, i) != 0) {
          throw new AssertionError("byte " + i + " is not zero");
        }
      }
      segment.fill((byte) 7);
    }
  }

  @Test
  void largeSegmentsStartOnAHugePageWhereTheSystemHasThem() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = OffHeap.allocate(arena, 2 * OffHeap.HUGE_PAGE_BYTES);

      if (LinuxMemory.isAvailable()) {
        assertThat(segment.address() % OffHeap.HUGE_PAGE_BYTES).isZero();
        assertThat(HugePages.status())
            .isIn(HugePages.Status.ADVISED, HugePages.Status.REFUSED, HugePages.Status.OFF);
      } else {
        assertThat(HugePages.status()).isEqualTo(HugePages.Status.UNSUPPORTED);
      }
    }
  }

  @Test
  void livesAsLongAsItsArena() {
    MemorySegment segment;
    try (Arena arena = Arena.ofConfined()) {
      segment = OffHeap.allocate(arena, OffHeap.HUGE_PAGE_BYTES);
      assertThat(segment.scope().isAlive()).isTrue();
    }
    assertThat(segment.scope().isAlive()).isFalse();
  }

  @Test
  void refusesANegativeSize() {
    try (Arena arena = Arena.ofConfined()) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> OffHeap.allocate(arena, -1))
          .withMessage("cannot allocate -1 bytes");
    }
  }
}
