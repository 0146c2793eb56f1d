package dev.membound.kernels.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;

class NativeAddressTest {
  @Test
  void spaceReadsWhatTheSegmentHoldsAtItsAddress() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = OffHeap.allocate(arena, 64);
      segment.set(ValueLayout.JAVA_INT, 60, 0xCAFE);

      long address = NativeAddress.within(NativeAddress.of(segment)) + 60;

      assertThat(NativeAddress.SPACE.get(ValueLayout.JAVA_INT, address)).isEqualTo(0xCAFE);
    }
  }

  @Test
  void anAddressStaysAsItIs() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = OffHeap.allocate(arena, 4 << 20);

      assertThat(NativeAddress.within(NativeAddress.of(segment))).isEqualTo(segment.address());
    }
  }

  @Test
  void aDistanceStaysAsItIs() {
    for (long bytes : new long[] {0, 64, 1L << 40}) {
      assertThat(NativeAddress.distance(bytes)).isEqualTo(bytes);
    }
  }

  @Test
  void anArrayIsRefused() {
    assertThatThrownBy(() -> NativeAddress.of(MemorySegment.ofArray(new byte[64])))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("off-heap");
  }

  @Test
  void freedMemoryIsRefused() {
    MemorySegment segment;
    try (Arena arena = Arena.ofConfined()) {
      segment = OffHeap.allocate(arena, 64);
    }

    assertThatThrownBy(() -> NativeAddress.of(segment))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }
}
