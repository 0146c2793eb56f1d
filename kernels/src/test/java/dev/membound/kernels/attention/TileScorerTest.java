package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TileScorerTest {
  @ParameterizedTest
  @EnumSource
  void refusesATileThatIsNotAllInTheMemory(KvType type) {
    int headDim = 64;
    long tile = TileLayout.tileBytes(type, headDim);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment memory = OffHeap.allocate(arena, 4 * tile).asSlice(tile, 2 * tile);
      for (int heads : new int[] {1, 4}) {
        TileScorer scorer = TileScorer.ofKeys(type, headDim, heads);
        float[] scores = new float[2 * heads * TileLayout.LANES];
        int second = heads * TileLayout.LANES;
        scorer.score(memory, 0, tile, scores, 0, second, TileLayout.LANES);
        for (long outside : new long[] {-tile, -64, tile + 64, 2 * tile, Long.MAX_VALUE - 63}) {
          assertThatThrownBy(
                  () -> scorer.score(memory, 0, outside, scores, 0, second, TileLayout.LANES))
              .isInstanceOf(IndexOutOfBoundsException.class);
          assertThatThrownBy(
                  () -> scorer.score(memory, outside, 0, scores, 0, second, TileLayout.LANES))
              .isInstanceOf(IndexOutOfBoundsException.class);
        }
      }
    }
  }
}
