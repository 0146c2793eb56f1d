package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.kernels.Allocation;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("width")
class PagedAttentionTest {
  private static final double UNIT = 0x1p-24;
  private static final WorkerTeam ONE = WorkerTeam.of(1);
  private static final WorkerTeam THREE = WorkerTeam.of(3);

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void freeMemory() {
    arena.close();
  }

  @AfterAll
  static void stopTeams() {
    ONE.close();
    THREE.close();
  }

  static Stream<Arguments> oddShapes() {
    List<Arguments> all = new ArrayList<>();
    for (KvType type : KvType.values()) {
      for (int headDim : new int[] {64, 80, 96, 128, 256}) {
        for (int group : new int[] {1, 4, 6, 8}) {
          for (int blockSize : new int[] {8, 16, 24, 64}) {
            // Scaled types share their loops: fewer shapes, or the reference takes minutes.
            if (!type.isScaled() || (blockSize == 24 && group % 4 != 0)) {
              all.add(Arguments.of(type, headDim, group, blockSize));
            }
          }
        }
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("oddShapes")
  void staysWithinItsErrorBoundOfTheExactResult(
      KvType type, int headDim, int group, int blockSize) {
    AttentionShape shape = new AttentionShape(2 * group, 2, headDim);
    PagedAttention attention = PagedAttention.plan(shape, type, blockSize, THREE);
    PagedAttention reference =
        PagedAttention.planScalar(shape, AttentionOptions.of(shape), type, blockSize, ONE);
    PagedKvCache cache = filled(type, shape, blockSize, 1000);
    float[] q = query(shape, 3, 1);
    for (int length : new int[] {1, 15, 16, 17, 33, 1000}) {
      BlockTable table = contiguous(length, blockSize);
      AttentionState exact = exact(shape, q, cache, table);
      requireWithinBound(shape, q, cache, table, attend(attention, shape, q, cache, table), exact);
      requireWithinBound(shape, q, cache, table, attend(reference, shape, q, cache, table), exact);
    }
  }

  @ParameterizedTest
  @EnumSource
  void survivesExtremeValues(KvType type) {
    AttentionShape shape = new AttentionShape(8, 2, 128);
    PagedKvCache cache = PagedKvCache.allocate(type, 2, 128, 16, 8, arena);
    BlockTable table = BlockTable.empty(16);
    Random random = new Random(9);
    float largest =
        switch (type) {
          case F16, FP8_E4M3 -> 65504;
          case Q8_0 -> 8e6f;
          case F32, BF16, INT8 -> 1e15f;
        };
    float[] magnitudes = {0, 1e-7f, -1e-7f, 1, -1, largest, -largest};
    for (int token = 0; token < 100; token++) {
      float[] key = new float[256];
      float[] value = new float[256];
      for (int i = 0; i < 256; i++) {
        key[i] = magnitudes[random.nextInt(5)];
        value[i] = magnitudes[random.nextInt(7)];
      }
      cache.append(table, key, value);
    }
    PagedAttention attention = PagedAttention.plan(shape, type, 16, THREE);
    for (double size : new double[] {0, 1e-30, 1, 1000}) {
      float[] q = query(shape, size, 2);
      requireWithinBound(
          shape,
          q,
          cache,
          table,
          attend(attention, shape, q, cache, table),
          exact(shape, q, cache, table));
    }
  }

  @ParameterizedTest
  @EnumSource
  void logitsBeyondWhatAFloatResolvesToUnitsStayInRange(KvType type) {
    AttentionShape shape = new AttentionShape(8, 2, 128);
    PagedKvCache cache = filled(type, shape, 16, 500);
    BlockTable table = contiguous(500, 16);
    for (double scale : new double[] {1e3, 1e6}) {
      AttentionOptions options = AttentionOptions.of(shape).withScale(scale);
      float[] q = query(shape, 1000, 5);
      AttentionState state =
          attend(PagedAttention.plan(shape, options, type, 16, THREE), shape, q, cache, table);
      AttentionState exact =
          attend(PagedAttention.planScalar(shape, options, type, 16, ONE), shape, q, cache, table);
      for (int head = 0; head < 8; head++) {
        assertThat(state.lse()[head]).isCloseTo(exact.lse()[head], withinPercentage(100 * 0x1p-14));
      }
      for (int i = 0; i < state.output().length; i++) {
        assertThat(state.output()[i]).isCloseTo(exact.output()[i], within(1e-4f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void anySplitMergesToTheWhole(KvType type) {
    AttentionShape shape = new AttentionShape(8, 2, 96);
    PagedKvCache cache = filled(type, shape, 16, 512);
    PagedAttention attention = PagedAttention.plan(shape, type, 16, ONE);
    float[] q = query(shape, 2, 3);
    BlockTable table = contiguous(505, 16);
    AttentionState exact = exact(shape, q, cache, table);
    for (int split : new int[] {1, 2, 7, 31}) {
      AttentionState left = attend(attention, shape, q, cache, pages(table, 0, split));
      AttentionState right = attend(attention, shape, q, cache, pages(table, split, table.pages()));
      right.merge(left);
      requireWithinBound(shape, q, cache, table, right, exact);
    }
  }

  @ParameterizedTest
  @EnumSource
  void anyTeamAgrees(KvType type) {
    AttentionShape shape = new AttentionShape(12, 3, 64);
    PagedKvCache cache = filled(type, shape, 16, 333);
    float[] q = query(shape, 2, 4);
    BlockTable table = contiguous(333, 16);
    AttentionState exact = exact(shape, q, cache, table);
    for (int workers = 1; workers <= 9; workers += 2) {
      try (WorkerTeam team = WorkerTeam.of(workers)) {
        PagedAttention attention = PagedAttention.plan(shape, type, 16, team);
        AttentionState state = attend(attention, shape, q, cache, table);
        requireWithinBound(shape, q, cache, table, state, exact);
        requireSameBits(attend(attention, shape, q, cache, table), state);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void scatteredBlocksAgreeWithContiguousOnes(KvType type) {
    AttentionShape shape = new AttentionShape(8, 2, 64);
    int length = 333;
    PagedKvCache neighbours = PagedKvCache.allocate(type, 2, 64, 16, 40, arena);
    PagedKvCache scattered = PagedKvCache.allocate(type, 2, 64, 16, 40, arena);
    BlockTable run = BlockTable.empty(16);
    List<Integer> ids = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      ids.add(i);
    }
    Collections.shuffle(ids, new Random(8));
    BlockTable shuffled = BlockTable.empty(16);
    Random random = new Random(6);
    for (int token = 0; token < length; token++) {
      float[] key = gaussian(random, 128);
      float[] value = gaussian(random, 128);
      neighbours.append(run, key, value);
      if (shuffled.isFull()) {
        shuffled.addBlock(ids.get(shuffled.pages()), null); // whosever
      }
      scattered.append(shuffled, key, value);
    }
    PagedAttention attention = PagedAttention.plan(shape, type, 16, THREE);
    float[] q = query(shape, 2, 5);
    AttentionState exact = exact(shape, q, neighbours, run);
    for (AttentionState state :
        List.of(
            attend(attention, shape, q, scattered, shuffled),
            attend(attention, shape, q, neighbours, run))) {
      requireWithinBound(shape, q, neighbours, run, state, exact);
    }
  }

  @Test
  void groupedQueriesEqualMultiHeadAttentionOnRepeatedKeys() {
    Random random = new Random(7);
    AttentionShape grouped = new AttentionShape(4, 1, 64);
    AttentionShape multiHead = new AttentionShape(4, 4, 64);
    PagedKvCache one = PagedKvCache.allocate(KvType.BF16, 1, 64, 16, 4, arena);
    PagedKvCache four = PagedKvCache.allocate(KvType.BF16, 4, 64, 16, 4, arena);
    BlockTable oneTable = BlockTable.empty(16);
    BlockTable fourTable = BlockTable.empty(16);
    for (int token = 0; token < 50; token++) {
      float[] key = gaussian(random, 64);
      float[] value = gaussian(random, 64);
      one.append(oneTable, key, value);
      four.append(fourTable, repeat(key, 4), repeat(value, 4));
    }
    float[] q = query(grouped, 2, 6);
    requireSameBits(
        attend(PagedAttention.plan(multiHead, KvType.BF16, 16, ONE), multiHead, q, four, fourTable),
        attend(PagedAttention.plan(grouped, KvType.BF16, 16, ONE), grouped, q, one, oneTable));
  }

  @Test
  void slotsBeyondTheSequenceDoNotMatter() {
    AttentionShape shape = new AttentionShape(4, 1, 64);
    PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 1, 64, 16, 1, arena);
    BlockTable table = BlockTable.empty(16);
    Random random = new Random(3);
    for (int token = 0; token < 5; token++) {
      cache.append(table, gaussian(random, 64), gaussian(random, 64));
    }
    PagedAttention attention = PagedAttention.plan(shape, KvType.F16, 16, ONE);
    float[] q = query(shape, 1, 1);
    AttentionState before = attend(attention, shape, q, cache, table);
    float[] huge = new float[64];
    Arrays.fill(huge, 65504);
    BlockTable longer = table.copy();
    while (!longer.isFull()) {
      cache.append(longer, huge, huge);
    }
    requireSameBits(attend(attention, shape, q, cache, table), before);
  }

  @Test
  void anEmptySequenceGivesTheEmptyState() {
    AttentionShape shape = new AttentionShape(8, 2, 64);
    PagedKvCache cache = filled(KvType.F16, shape, 16, 16);
    AttentionState state = AttentionState.create(8, 64);
    Arrays.fill(state.output(), 5);
    PagedAttention.plan(shape, KvType.F16, 16, THREE)
        .attend(query(shape, 1, 1), cache, BlockTable.empty(16), state);
    assertThat(state.output()).containsOnly(0f);
    assertThat(state.lse()).containsOnly(Double.NEGATIVE_INFINITY);
  }

  @Test
  void refusesWhatDoesNotFitBeforeReading() {
    AttentionShape shape = new AttentionShape(8, 2, 64);
    PagedKvCache cache = filled(KvType.F16, shape, 16, 32);
    PagedAttention attention = PagedAttention.plan(shape, KvType.F16, 16, ONE);
    AttentionState state = AttentionState.create(8, 64);
    float[] q = query(shape, 1, 1);
    BlockTable table = contiguous(32, 16);
    assertThatThrownBy(
            () -> attention.attend(q, cache, BlockTable.of(new int[] {0, 2}, 32, 16), state))
        .hasMessageContaining("names block 2, the cache has blocks 0 to 1");
    assertThatThrownBy(() -> attention.attend(new float[511], cache, table, state))
        .hasMessageContaining("511 elements");
    assertThatThrownBy(() -> attention.attend(q, cache, table, AttentionState.create(8, 128)))
        .hasMessageContaining("a state of 8 × 128");
    PagedKvCache other = PagedKvCache.allocate(KvType.BF16, 2, 64, 16, 2, arena);
    assertThatThrownBy(() -> attention.attend(q, other, table, state))
        .hasMessageContaining("F16, blocks of 16; the cache has 2 of 64, BF16");
    float[] bad = q.clone();
    for (float value : new float[] {Float.NaN, Float.POSITIVE_INFINITY, -65536}) {
      bad[3] = value;
      assertThatThrownBy(() -> attention.attend(bad, cache, table, state))
          .hasMessageContaining("q[3] = " + value);
    }
  }

  static Stream<Arguments> typesAndGroups() {
    return Arrays.stream(KvType.values())
        .flatMap(type -> Stream.of(Arguments.of(type, 1), Arguments.of(type, 4)));
  }

  @ParameterizedTest
  @MethodSource("typesAndGroups")
  @Tag("allocation")
  void noKindOfCallAllocates(KvType type, int group) {
    AttentionShape shape = new AttentionShape(2 * group, 2, 64);
    PagedKvCache cache = filled(type, shape, 16, 256);
    PagedAttention attention = PagedAttention.plan(shape, type, 16, ONE);
    CascadeAttention cascade =
        CascadeAttention.plan(shape, AttentionOptions.of(shape), type, 16, 2, ONE);
    AttentionState state = AttentionState.create(2 * group, 64);
    AttentionState[] states = {state, AttentionState.create(2 * group, 64)};
    float[] q = query(shape, 1, 1);
    float[][] queries = {q, q};
    BlockTable table = contiguous(250, 16);
    BlockTable[] tables = {contiguous(100, 16), pages(table, 7, 16)};
    int[] tokens = {3, 4, 77, 200};
    assertThat(
            Allocation.settledBytesPerCall(
                () -> {
                  attention.attend(q, cache, table, state);
                  attention.attend(queries, cache, tables, states);
                  attention.attendTokens(q, cache, table, tokens, 4, state);
                  cascade.attend(queries, cache, tables[0], tables, states);
                }))
        .isZero();
  }

  private PagedKvCache filled(KvType type, AttentionShape shape, int blockSize, int tokens) {
    PagedKvCache cache =
        PagedKvCache.allocate(
            type,
            shape.kvHeads(),
            shape.headDim(),
            blockSize,
            Math.ceilDiv(tokens, blockSize),
            arena);
    cache.fillRandom(11);
    return cache;
  }

  private static BlockTable contiguous(int length, int blockSize) {
    int[] blocks = new int[Math.ceilDiv(length, blockSize)];
    Arrays.setAll(blocks, i -> i);
    return BlockTable.of(blocks, length, blockSize);
  }

  private static BlockTable pages(BlockTable table, int from, int to) {
    int[] pages = new int[to - from];
    Arrays.setAll(pages, i -> from + i);
    BlockTable part = BlockTable.withCapacity(table.blockSize(), pages.length);
    part.assignPages(table, pages, 0, pages.length);
    return part;
  }

  private static AttentionState attend(
      PagedAttention attention,
      AttentionShape shape,
      float[] q,
      PagedKvCache cache,
      BlockTable table) {
    AttentionState state = AttentionState.create(shape.queryHeads(), shape.headDim());
    attention.attend(q, cache, table, state);
    return state;
  }

  /** Softmax attention as its definition says, in double precision; the output rounded to float. */
  private static AttentionState exact(
      AttentionShape shape, float[] q, PagedKvCache cache, BlockTable table) {
    AttentionState state = AttentionState.create(shape.queryHeads(), shape.headDim());
    for (int head = 0; head < shape.queryHeads(); head++) {
      double[] logits = new double[table.length()];
      double max = Double.NEGATIVE_INFINITY;
      for (int token = 0; token < logits.length; token++) {
        logits[token] = terms(shape, q, cache, table, head, token, false);
        max = Math.max(max, logits[token]);
      }
      double sum = 0;
      double[] o = new double[shape.headDim()];
      for (int token = 0; token < logits.length; token++) {
        double weight = Math.exp(logits[token] - max);
        sum += weight;
        for (int dim = 0; dim < o.length; dim++) {
          o[dim] += weight * cache.value(table, token, head / shape.group(), dim);
        }
      }
      for (int dim = 0; dim < o.length; dim++) {
        state.output()[head * o.length + dim] = (float) (o[dim] / sum);
      }
      state.lse()[head] = max + Math.log(sum);
    }
    return state;
  }

  /** The scaled q·k, or the same with every term's magnitude. */
  private static double terms(
      AttentionShape shape,
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      int head,
      int token,
      boolean magnitudes) {
    double sum = 0;
    for (int dim = 0; dim < shape.headDim(); dim++) {
      double term =
          (double) q[head * shape.headDim() + dim]
              * cache.key(table, token, head / shape.group(), dim);
      sum += magnitudes ? Math.abs(term) : term;
    }
    return sum / Math.sqrt(shape.headDim());
  }

  /** The bound in the javadoc of {@link PagedAttention}. */
  private static void requireWithinBound(
      AttentionShape shape,
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      AttentionState actual,
      AttentionState exact) {
    int headDim = shape.headDim();
    int n = table.length();
    for (int head = 0; head < shape.queryHeads(); head++) {
      double a = 0;
      double v = 0;
      for (int token = 0; token < n; token++) {
        a = Math.max(a, terms(shape, q, cache, table, head, token, true));
        for (int dim = 0; dim < headDim; dim++) {
          v = Math.max(v, Math.abs(cache.value(table, token, head / shape.group(), dim)));
        }
      }
      double outputBound = UNIT * v * (2 * (headDim + 8) * a + 2 * n + 64);
      for (int i = head * headDim; i < (head + 1) * headDim; i++) {
        double error = Math.abs((double) actual.output()[i] - exact.output()[i]);
        if (!(error <= outputBound)) {
          assertThat(error).as("%s n=%d output %d", shape, n, i).isLessThanOrEqualTo(outputBound);
        }
      }
      double lseError = Math.abs(actual.lse()[head] - exact.lse()[head]);
      assertThat(lseError)
          .as("%s n=%d lse of head %d", shape, n, head)
          .isLessThanOrEqualTo(UNIT * ((headDim + 8) * a + n + 32));
    }
  }

  private static void requireSameBits(AttentionState actual, AttentionState expected) {
    assertThat(actual.output()).isEqualTo(expected.output());
    assertThat(actual.lse()).isEqualTo(expected.lse());
  }

  private static float[] query(AttentionShape shape, double size, long seed) {
    float[] q = gaussian(new Random(seed), shape.queryLength());
    for (int i = 0; i < q.length; i++) {
      q[i] *= (float) size;
    }
    return q;
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static float[] repeat(float[] values, int times) {
    float[] all = new float[values.length * times];
    for (int i = 0; i < times; i++) {
      System.arraycopy(values, 0, all, i * values.length, values.length);
    }
    return all;
  }
}
