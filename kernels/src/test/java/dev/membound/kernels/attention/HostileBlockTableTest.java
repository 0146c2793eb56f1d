package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Random block tables, most of them wrong: each is refused with a message, or the result is that of
 * the scalar reference. The pool ends where its memory segment does, so a read beyond it throws.
 */
class HostileBlockTableTest {
  private static final int BLOCKS = 6;
  private static final int[] WILD = {
    -1, BLOCKS, BLOCKS + 1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1 << 28
  };

  @ParameterizedTest
  @EnumSource
  void isRefusedOrReadsWithinThePool(KvType type) {
    AttentionShape shape = new AttentionShape(4, 2, 64);
    SplittableRandom random = new SplittableRandom(3);
    int accepted = 0;
    int refused = 0;
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(2)) {
      PagedKvCache cache = PagedKvCache.allocate(type, 2, 64, 16, BLOCKS, arena);
      cache.fillRandom(1);
      PagedAttention attention = PagedAttention.plan(shape, type, 16, team);
      PagedAttention reference =
          PagedAttention.planScalar(shape, AttentionOptions.of(shape), type, 16, team);
      float[] q = new float[shape.queryLength()];
      for (int i = 0; i < q.length; i++) {
        q[i] = (float) random.nextDouble();
      }
      AttentionState actual = AttentionState.create(4, 64);
      AttentionState expected = AttentionState.create(4, 64);
      for (int round = 0; round < 400; round++) {
        int[] blocks = new int[random.nextInt(5)];
        Arrays.setAll(
            blocks,
            i ->
                random.nextInt(8) == 0
                    ? WILD[random.nextInt(WILD.length)]
                    : random.nextInt(BLOCKS));
        int length = blocks.length * 16 - random.nextInt(round % 4 == 0 ? 40 : 16);
        try {
          BlockTable table = BlockTable.of(blocks, length, random.nextInt(9) == 0 ? 8 : 16);
          attention.attend(q, cache, table, actual);
          reference.attend(q, cache, table, expected);
          for (int i = 0; i < actual.output().length; i++) {
            assertThat(Math.abs(actual.output()[i] - expected.output()[i])).isLessThan(1e-4f);
          }
          accepted++;
        } catch (IllegalArgumentException e) {
          assertThat(e).hasMessageContaining("block");
          refused++;
        }
      }
    }
    assertThat(accepted).isGreaterThan(50);
    assertThat(refused).isGreaterThan(50);
  }
}
