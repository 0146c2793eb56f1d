package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.kernels.Allocation;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("width")
class MlaAttentionTest {
  private static final WorkerTeam TEAM = WorkerTeam.of(3);

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void freeMemory() {
    arena.close();
  }

  @AfterAll
  static void stopTeam() {
    TEAM.close();
  }

  @ParameterizedTest
  @EnumSource
  void agreesWithTheReferenceWithinItsBound(MlaCache.Format format) {
    for (int heads : new int[] {1, 13, 128}) {
      for (int length : new int[] {1, 31, 33, 200}) {
        MlaCache cache = MlaCache.allocate(format, 16, 20, arena);
        BlockTable table = filled(cache, length);
        float[] q = gaussian(new Random(2), heads * MlaCache.WIDTH);
        AttentionState expected = AttentionState.create(heads, MlaCache.LATENT);
        AttentionState actual = AttentionState.create(heads, MlaCache.LATENT);
        MlaAttention.planScalar(heads, MlaAttention.DEFAULT_SCALE, TEAM)
            .attend(q, cache, table, expected);
        MlaAttention.plan(heads, MlaAttention.DEFAULT_SCALE, TEAM).attend(q, cache, table, actual);
        requireClose(actual, expected, length);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void allTokensChosenAreTheWholeAndDisjointSetsMergeToIt(MlaCache.Format format) {
    MlaCache cache = MlaCache.allocate(format, 64, 4, arena);
    BlockTable table = filled(cache, 150);
    float[] q = gaussian(new Random(3), 16 * MlaCache.WIDTH);
    MlaAttention attention = MlaAttention.plan(16, MlaAttention.DEFAULT_SCALE, TEAM);
    AttentionState whole = AttentionState.create(16, MlaCache.LATENT);
    AttentionState chosen = AttentionState.create(16, MlaCache.LATENT);
    attention.attend(q, cache, table, whole);
    attention.attendTokens(q, cache, table, IntStream.range(0, 150).toArray(), 150, chosen);
    assertThat(chosen.output()).isEqualTo(whole.output());
    assertThat(chosen.lse()).isEqualTo(whole.lse());
    AttentionState rest = AttentionState.create(16, MlaCache.LATENT);
    int[] odd = IntStream.range(0, 75).map(i -> 2 * i + 1).toArray();
    int[] even = IntStream.range(0, 75).map(i -> 2 * i).toArray();
    attention.attendTokens(q, cache, table, odd, 75, chosen);
    attention.attendTokens(q, cache, table, even, 75, rest);
    chosen.merge(rest);
    requireClose(chosen, whole, 150);
  }

  @Test
  void aTokenTakesTheBytesOfItsFormatAndSurvivesIt() {
    assertThat(MlaCache.Format.BF16.tokenBytes()).isEqualTo(1152);
    assertThat(MlaCache.Format.FP8.tokenBytes()).isEqualTo(656);
    float[] token = gaussian(new Random(1), MlaCache.WIDTH);
    for (MlaCache.Format format : MlaCache.Format.values()) {
      MlaCache cache = MlaCache.allocate(format, 1, 1, arena);
      BlockTable table = BlockTable.empty(1);
      cache.append(table, token);
      float[] back = new float[MlaCache.WIDTH];
      cache.load(table, 0, back, 0);
      for (int i = 0; i < token.length; i++) {
        boolean fp8 = format == MlaCache.Format.FP8 && i < MlaCache.LATENT;
        // Half a step of 3 or 7 stored bits; FP8 has subnormals below largest / 448 / 64.
        double bound = Math.abs(token[i]) * (fp8 ? 0x1p-4 : 0x1p-8) + (fp8 ? 5.0 / 448 / 512 : 0);
        assertThat((double) back[i]).isCloseTo(token[i], within(bound * 1.0001));
      }
    }
  }

  @Test
  void anEmptySequenceGivesTheEmptyState() {
    MlaCache cache = MlaCache.allocate(MlaCache.Format.FP8, 64, 1, arena);
    AttentionState state = AttentionState.create(2, MlaCache.LATENT);
    state.output()[0] = 3;
    MlaAttention.plan(2, 1, TEAM)
        .attend(new float[2 * MlaCache.WIDTH], cache, BlockTable.empty(64), state);
    assertThat(state.output()).containsOnly(0f);
    assertThat(state.lse()).containsOnly(Double.NEGATIVE_INFINITY);
  }

  @Test
  void refusesWhatDoesNotFit() {
    MlaCache cache = MlaCache.allocate(MlaCache.Format.BF16, 64, 2, arena);
    MlaAttention attention = MlaAttention.plan(2, 1, TEAM);
    AttentionState state = AttentionState.create(2, MlaCache.LATENT);
    float[] q = new float[2 * MlaCache.WIDTH];
    assertThatThrownBy(() -> attention.attend(q, cache, BlockTable.of(new int[] {2}, 5, 64), state))
        .hasMessageContaining("names block 2, the cache has blocks 0 to 1");
    assertThatThrownBy(() -> attention.attend(new float[5], cache, BlockTable.empty(64), state))
        .hasMessageContaining("5 elements");
    assertThatThrownBy(() -> cache.append(BlockTable.empty(64), new float[512]))
        .hasMessageContaining("512 elements of an MLA token, expected 576");
    BlockTable table = filled(cache, 10);
    assertThatThrownBy(() -> attention.attendTokens(q, cache, table, new int[] {4, 10}, 2, state))
        .hasMessageContaining("within 0 to 9");
  }

  @Test
  @Tag("allocation")
  void aCallAllocatesNothing() {
    try (WorkerTeam one = WorkerTeam.of(1)) {
      MlaCache cache = MlaCache.allocate(MlaCache.Format.FP8, 64, 4, arena);
      BlockTable table = filled(cache, 70);
      MlaAttention attention = MlaAttention.plan(8, MlaAttention.DEFAULT_SCALE, one);
      AttentionState state = AttentionState.create(8, MlaCache.LATENT);
      float[] q = gaussian(new Random(1), 8 * MlaCache.WIDTH);
      assertThat(Allocation.settledBytesPerCall(() -> attention.attend(q, cache, table, state)))
          .isZero();
    }
  }

  @Test
  void e4m3RoundsToTheNearestAndReadsBackEveryValue() {
    for (int bits = 0; bits < 256; bits++) {
      float value = FloatE4M3.toFloat((byte) bits);
      if (!Float.isNaN(value)) {
        assertThat(FloatE4M3.fromFloat(value)).isEqualTo((byte) bits);
      }
    }
    assertThat(FloatE4M3.toFloat((byte) 0x7E)).isEqualTo(448);
    assertThat(FloatE4M3.toFloat((byte) 1)).isEqualTo(0x1p-9f);
    assertThat(FloatE4M3.toFloat(FloatE4M3.fromFloat(1e9f))).isEqualTo(448);
    assertThat(FloatE4M3.toFloat(FloatE4M3.fromFloat(1.0625f))).as("tie to even").isEqualTo(1);
    assertThat(FloatE4M3.toFloat(FloatE4M3.fromFloat(1.1875f))).as("tie to even").isEqualTo(1.25f);
    assertThat(FloatE4M3.toFloat(FloatE4M3.fromFloat(1.97f))).as("carry").isEqualTo(2);
    assertThat(FloatE4M3.toFloat(FloatE4M3.fromFloat(Float.NaN))).isNaN();
  }

  private static BlockTable filled(MlaCache cache, int tokens) {
    BlockTable table = BlockTable.empty(cache.blockSize());
    Random random = new Random(7);
    for (int i = 0; i < tokens; i++) {
      cache.append(table, gaussian(random, MlaCache.WIDTH));
    }
    return table;
  }

  /** The bound of {@link PagedAttention} with 576 dimensions, |q·k| summed ≤ 700 and |v| ≤ 5. */
  private static void requireClose(AttentionState actual, AttentionState expected, int n) {
    double a = 700 * MlaAttention.DEFAULT_SCALE;
    for (int i = 0; i < actual.output().length; i++) {
      assertThat((double) actual.output()[i])
          .isCloseTo(expected.output()[i], within(0x1p-24 * 5 * (2 * 584 * a + 2 * n + 64)));
    }
    for (int head = 0; head < actual.queryHeads(); head++) {
      assertThat(actual.lse()[head])
          .isCloseTo(expected.lse()[head], within(0x1p-24 * (584 * a + n + 32)));
    }
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
