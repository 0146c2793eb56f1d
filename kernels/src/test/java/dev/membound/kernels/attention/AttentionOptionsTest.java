package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Random;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Windows, soft caps, scales, sinks, batches, token sets and layouts. */
@Tag("width")
class AttentionOptionsTest {
  private static final AttentionShape SHAPE = new AttentionShape(10, 2, 64);
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
  @CsvSource({
    "0.125,-1,0",
    "0.125,0,0",
    "0.125,15,0",
    "0.3,16,0",
    "0.125,99,0",
    "0.125,100000,0",
    "0.125,-1,2",
    "1,37,30",
    "0.01,5,0.5"
  })
  void agreesWithItsDefinition(double scale, int windowLeft, double softCap) {
    AttentionOptions options = new AttentionOptions(scale, windowLeft, softCap);
    for (KvType type : KvType.values()) {
      for (KvLayout layout : KvLayout.values()) {
        for (int blockSize : new int[] {16, 24, 5}) {
          PagedKvCache cache = cache(type, blockSize, 400, layout);
          for (int length : new int[] {1, 17, 100, 333}) {
            BlockTable table = shuffled(length, blockSize, 400 / blockSize);
            float[] q = query(length);
            int first = windowLeft < 0 ? 0 : Math.max(0, length - 1 - windowLeft);
            AttentionState exact = exact(options, q, cache, table, t -> t >= first);
            requireClose(options, attend(options, type, q, cache, table), exact);
            AttentionState scalar = AttentionState.create(10, 64);
            PagedAttention.planScalar(SHAPE, options, type, blockSize, TEAM)
                .attend(q, cache, table, scalar);
            requireClose(options, scalar, exact);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWindowPlusTheTokensBeforeItIsTheWhole(KvType type) {
    PagedKvCache cache = cache(type, 16, 400, KvLayout.HEAD_MAJOR);
    BlockTable table = shuffled(300, 16, 25);
    AttentionOptions all = AttentionOptions.of(SHAPE);
    AttentionState window = attend(all.withWindowLeft(99), type, query(1), cache, table);
    AttentionState rest = AttentionState.create(10, 64);
    PagedAttention.plan(SHAPE, type, 16, TEAM)
        .attendTokens(query(1), cache, table, IntStream.range(0, 200).toArray(), 200, rest);
    rest.merge(window);
    requireClose(all, rest, attend(all, type, query(1), cache, table));
  }

  @ParameterizedTest
  @EnumSource
  void tokenSetsAgreeWithTheirDefinition(KvType type) {
    AttentionOptions options = AttentionOptions.of(SHAPE);
    Random random = new Random(4);
    for (KvLayout layout : KvLayout.values()) {
      PagedKvCache cache = cache(type, 24, 400, layout);
      BlockTable table = shuffled(370, 24, 16);
      for (double share : new double[] {0, 0.01, 0.3, 1}) {
        int[] tokens = IntStream.range(0, 370).filter(t -> random.nextDouble() < share).toArray();
        AttentionState state = AttentionState.create(10, 64);
        PagedAttention.plan(SHAPE, type, 24, TEAM)
            .attendTokens(query(2), cache, table, tokens, tokens.length, state);
        requireClose(
            options,
            state,
            exact(options, query(2), cache, table, t -> Arrays.binarySearch(tokens, t) >= 0));
      }
    }
  }

  @Test
  void refusesTokensOutOfOrderOrRange() {
    PagedKvCache cache = cache(KvType.F16, 16, 64, KvLayout.HEAD_MAJOR);
    BlockTable table = shuffled(50, 16, 4);
    PagedAttention attention = PagedAttention.plan(SHAPE, KvType.F16, 16, TEAM);
    AttentionState state = AttentionState.create(10, 64);
    for (int[] bad : new int[][] {{3, 3}, {3, 2}, {-1, 2}, {49, 50}}) {
      assertThatThrownBy(() -> attention.attendTokens(query(1), cache, table, bad, 2, state))
          .hasMessageContaining("tokens must ascend within 0 to 49");
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBatchEqualsItsSequencesOneByOne(KvLayout layout) {
    PagedKvCache cache = cache(KvType.F16, 16, 1600, layout);
    int[] lengths = {1, 0, 300, 17, 64, 5};
    BlockTable[] tables = new BlockTable[lengths.length];
    AttentionState[] states = new AttentionState[lengths.length];
    float[][] q = new float[lengths.length][];
    for (int i = 0; i < lengths.length; i++) {
      tables[i] = shuffled(lengths[i], 16, 100);
      states[i] = AttentionState.create(10, 64);
      q[i] = query(i);
    }
    AttentionOptions options = AttentionOptions.of(SHAPE);
    PagedAttention.plan(SHAPE, KvType.F16, 16, TEAM).attend(q, cache, tables, states);
    for (int i = 0; i < lengths.length; i++) {
      requireClose(options, states[i], attend(options, KvType.F16, q[i], cache, tables[i]));
    }
  }

  @ParameterizedTest
  @EnumSource
  void aSharedPrefixEqualsTheFlatSequences(KvType type) {
    PagedKvCache cache = PagedKvCache.allocate(type, 2, 64, 16, 64, arena);
    Random random = new Random(11);
    BlockTable prefix = BlockTable.empty(16);
    for (int token = 0; token < 112; token++) { // whole blocks, so that forks share all of them
      cache.append(prefix, gaussian(random, 128), gaussian(random, 128));
    }
    int[] lengths = {0, 1, 40, 16, 7};
    BlockTable[] flat = new BlockTable[5];
    BlockTable[] suffixes = new BlockTable[5];
    AttentionState[] states = new AttentionState[5];
    float[][] q = new float[5][];
    for (int i = 0; i < 5; i++) {
      flat[i] = cache.fork(prefix);
      for (int token = 0; token < lengths[i]; token++) {
        cache.append(flat[i], gaussian(random, 128), gaussian(random, 128));
      }
      int[] pages = IntStream.range(7, flat[i].pages()).toArray();
      suffixes[i] = BlockTable.empty(16);
      suffixes[i].assignPages(flat[i], pages, 0, pages.length);
      states[i] = AttentionState.create(10, 64);
      q[i] = query(i);
    }
    AttentionOptions options = AttentionOptions.of(SHAPE).withSoftCap(20);
    CascadeAttention.plan(SHAPE, options, type, 16, 5, TEAM)
        .attend(q, cache, prefix, suffixes, states);
    for (int i = 0; i < 5; i++) {
      requireClose(options, states[i], attend(options, type, q[i], cache, flat[i]));
    }
  }

  @Test
  void sinksTakeTheirShareAndLeaveLseAlone() {
    PagedKvCache cache = cache(KvType.F32, 16, 64, KvLayout.HEAD_MAJOR);
    AttentionOptions options = AttentionOptions.of(SHAPE);
    BlockTable table = shuffled(50, 16, 4);
    AttentionState plain = attend(options, KvType.F32, query(1), cache, table);
    AttentionState sunk = attend(options, KvType.F32, query(1), cache, table);
    float[] sinks = {0, 1, -3, 5, 100, -100, 2, Float.NEGATIVE_INFINITY, 4, 4};
    sunk.applySinks(sinks);
    assertThat(sunk.lse()).isEqualTo(plain.lse());
    for (int i = 0; i < plain.output().length; i++) {
      double e = Math.exp(plain.lse()[i / 64]);
      double share = e / (e + Math.exp(sinks[i / 64]));
      assertThat((double) sunk.output()[i]).isCloseTo(plain.output()[i] * share, within(1e-6));
    }
    AttentionState empty = AttentionState.create(10, 64);
    empty.applySinks(sinks);
    assertThat(empty.output()).containsOnly(0f);
    assertThatThrownBy(() -> empty.applySinks(new float[3])).hasMessageContaining("3 sinks");
  }

  @Test
  void refusesAbsurdOptions() {
    assertThatThrownBy(() -> new AttentionOptions(0, -1, 0)).hasMessageContaining("scale 0.0");
    assertThatThrownBy(() -> new AttentionOptions(1, -2, 0)).hasMessageContaining("window -2");
    assertThatThrownBy(() -> new AttentionOptions(1, -1, Double.NaN))
        .hasMessageContaining("soft cap NaN");
    assertThatThrownBy(() -> new AttentionOptions(1e-46, -1, 0)).hasMessageContaining("1.0E-46");
    assertThatThrownBy(() -> new AttentionOptions(1, -1, 1e-300)).hasMessageContaining("1.0E-300");
  }

  @ParameterizedTest
  @CsvSource({"1e-30,0", "1e6,0", "1e-30,1e-9", "1e6,1e-9", "1e-30,1e6", "1e6,1e6"})
  void theLimitsOfOptionsGiveNumbers(double scale, double softCap) {
    PagedKvCache cache = cache(KvType.F16, 16, 48, KvLayout.HEAD_MAJOR);
    BlockTable table = shuffled(40, 16, 3); // not a multiple of a tile: the last lanes are masked
    AttentionOptions options = new AttentionOptions(scale, -1, softCap);
    float[] q = new float[SHAPE.queryLength()];
    for (float of : new float[] {0, 1, -1000}) {
      Arrays.fill(q, of);
      AttentionState out = AttentionState.create(SHAPE.queryHeads(), SHAPE.headDim());
      PagedAttention.plan(SHAPE, options, KvType.F16, 16, TEAM).attend(q, cache, table, out);
      for (double lse : out.lse()) {
        assertThat(lse).isFinite();
      }
      for (float o : out.output()) {
        assertThat(o).isFinite();
      }
    }
  }

  private PagedKvCache cache(KvType type, int blockSize, int tokens, KvLayout layout) {
    PagedKvCache cache =
        PagedKvCache.allocate(type, 2, 64, blockSize, tokens / blockSize, layout, arena);
    Random random = new Random(11);
    BlockTable all = BlockTable.empty(blockSize);
    for (int token = 0; token < tokens / blockSize * blockSize; token++) {
      cache.append(all, gaussian(random, 128), gaussian(random, 128));
    }
    return cache;
  }

  private static BlockTable shuffled(int length, int blockSize, int blocks) {
    int[] ids = IntStream.range(0, blocks).toArray();
    Random random = new Random(length);
    for (int i = blocks - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swap = ids[i];
      ids[i] = ids[j];
      ids[j] = swap;
    }
    return BlockTable.of(Arrays.copyOf(ids, Math.ceilDiv(length, blockSize)), length, blockSize);
  }

  private static AttentionState attend(
      AttentionOptions options, KvType type, float[] q, PagedKvCache cache, BlockTable table) {
    AttentionState state = AttentionState.create(10, 64);
    PagedAttention.plan(SHAPE, options, type, cache.blockSize(), TEAM)
        .attend(q, cache, table, state);
    return state;
  }

  private static AttentionState exact(
      AttentionOptions options, float[] q, PagedKvCache cache, BlockTable table, IntPredicate in) {
    AttentionState state = AttentionState.create(10, 64);
    for (int head = 0; head < 10; head++) {
      double sum = 0;
      double[] o = new double[64];
      for (int token = 0; token < table.length(); token++) {
        if (!in.test(token)) {
          continue;
        }
        double score = 0;
        for (int dim = 0; dim < 64; dim++) {
          score += (double) q[head * 64 + dim] * cache.key(table, token, head / 5, dim);
        }
        double logit = score * options.scale();
        if (options.softCap() > 0) {
          logit = options.softCap() * Math.tanh(logit / options.softCap());
        }
        double weight = Math.exp(logit);
        sum += weight;
        for (int dim = 0; dim < 64; dim++) {
          o[dim] += weight * cache.value(table, token, head / 5, dim);
        }
      }
      for (int dim = 0; dim < 64 && sum > 0; dim++) {
        state.output()[head * 64 + dim] = (float) (o[dim] / sum);
      }
      state.lse()[head] = Math.log(sum);
    }
    return state;
  }

  /** The bound of {@link PagedAttention} with |q·k| summed ≤ 64·25 and |v| ≤ 5. */
  private static void requireClose(
      AttentionOptions options, AttentionState actual, AttentionState expected) {
    double unit = 0x1p-24;
    double a = 64 * 25 * options.scale();
    double cap = options.softCap();
    for (int i = 0; i < actual.output().length; i++) {
      assertThat((double) actual.output()[i])
          .isCloseTo(
              expected.output()[i], within(unit * 5 * (2 * 72 * a + 2 * 400 + 64 + 32 * cap)));
    }
    for (int head = 0; head < actual.queryHeads(); head++) {
      if (expected.lse()[head] == Double.NEGATIVE_INFINITY) {
        assertThat(actual.lse()[head]).isEqualTo(Double.NEGATIVE_INFINITY);
      } else {
        assertThat(actual.lse()[head])
            .isCloseTo(expected.lse()[head], within(unit * (72 * a + 400 + 32 + 16 * cap)));
      }
    }
  }

  private static float[] query(long seed) {
    return gaussian(new Random(seed), SHAPE.queryLength());
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
