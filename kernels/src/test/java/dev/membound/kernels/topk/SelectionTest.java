package dev.membound.kernels.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.Allocation;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvLayout;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Scoring, page bounds, selection and sparse attention together, on structured keys. */
@Tag("width")
class SelectionTest {
  private static final WorkerTeam TEAM = WorkerTeam.of(2);
  private static final double UNIT = 0x1p-24;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void freeMemory() {
    arena.close();
  }

  @AfterAll
  static void stopTeam() {
    TEAM.close();
  }

  /** A sequence of structured keys with the query of its next token. */
  private record Context(
      AttentionShape shape, PagedKvCache cache, BlockTable table, float[] query) {}

  private Context context(KvType type, AttentionShape shape, int blockSize, int tokens) {
    PagedKvCache cache =
        PagedKvCache.allocate(
            type,
            shape.kvHeads(),
            shape.headDim(),
            blockSize,
            Math.ceilDiv(tokens, blockSize),
            arena);
    BlockTable table = BlockTable.empty(blockSize);
    float[] q = StructuredKeys.withSeed(42).fill(cache, table, shape, tokens);
    return new Context(shape, cache, table, q);
  }

  @ParameterizedTest
  @CsvSource({
    "F32,1,64,16,1",
    "F32,4,80,16,33",
    "F16,1,64,8,100",
    "F16,6,96,16,1000",
    "F16,8,256,32,501",
    "BF16,4,128,16,1000",
    "BF16,1,66,24,777",
    "F16,4,128,16,15",
    "BF16,5,64,16,17",
    "INT8,4,128,16,500",
    "INT8,1,80,24,100",
    "INT8,1,128,16,333",
    "FP8_E4M3,1,128,16,300",
    "Q8_0,1,96,16,300",
    "Q8_0,1,128,32,555",
    "FP8_E4M3,6,66,16,333",
    "Q8_0,4,96,8,333",
    "Q8_0,8,256,16,40"
  })
  void exactScoresAndBoundsAgreeWithTheirDefinitions(
      KvType type, int group, int headDim, int blockSize, int tokens) {
    Context context = context(type, new AttentionShape(2 * group, 2, headDim), blockSize, tokens);
    AttentionShape shape = context.shape();
    int heads = shape.queryHeads();
    int pages = context.table().pages();
    float guard = 1234.5f;
    float[] scores = guarded(heads * tokens, guard);
    float[] bounds = guarded(heads * pages, guard);
    float[] groupScores = guarded(2 * tokens, guard);
    float[] groupBounds = guarded(2 * pages, guard);
    PageBounds digest = PageBounds.build(context.cache(), context.table(), arena);
    KeyScorer scorer = KeyScorer.plan(shape, type, TEAM);
    scorer.score(context.query(), context.cache(), context.table(), scores);
    scorer.scoreGroups(context.query(), context.cache(), context.table(), groupScores);
    digest.scan(context.query(), shape, bounds, TEAM);
    digest.scanGroups(context.query(), shape, groupBounds, TEAM);

    for (int head = 0; head < heads; head++) {
      double raise = raise(context, head);
      for (int page = 0; page < pages; page++) {
        double exactBound = 0;
        double magnitude = 0;
        for (int dim = 0; dim < headDim; dim++) {
          double q = context.query()[head * headDim + dim];
          double max = Double.NEGATIVE_INFINITY;
          double min = Double.POSITIVE_INFINITY;
          for (int i = 0; i < context.table().tokensOfPage(page); i++) {
            float key =
                context.cache().key(context.table(), page * blockSize + i, head / group, dim);
            max = Math.max(max, key);
            min = Math.min(min, key);
          }
          exactBound += Math.max(q * max, q * min);
          magnitude += Math.abs(q) * Math.max(Math.abs(max), Math.abs(min));
        }
        float bound = bounds[head * pages + page];
        double slack = (2 * headDim + 2) * UNIT * magnitude;
        double widened = type.isScaled() ? 0x1p-7 * magnitude : 0;
        assertThat(bound - exactBound).isBetween(0.0, slack + widened + raise);
        for (int i = 0; i < context.table().tokensOfPage(page); i++) {
          int token = page * blockSize + i;
          double dot = 0;
          double terms = 0;
          for (int dim = 0; dim < headDim; dim++) {
            double term =
                (double) context.query()[head * headDim + dim]
                    * context.cache().key(context.table(), token, head / group, dim);
            dot += term;
            terms += Math.abs(term);
          }
          float score = scores[head * tokens + token];
          assertThat(Math.abs(score - dot)).isLessThanOrEqualTo((headDim + 2) * UNIT * terms);
          assertThat((double) bound).as("bound of a key").isGreaterThanOrEqualTo(dot);
          assertThat(bound).as("bound of a computed score").isGreaterThanOrEqualTo(score);
        }
      }
    }
    assertThat(Arrays.copyOf(groupScores, 2 * tokens))
        .isEqualTo(groupMaxima(scores, group, tokens));
    assertThat(Arrays.copyOf(groupBounds, 2 * pages)).isEqualTo(groupMaxima(bounds, group, pages));
    for (float[] array : new float[][] {scores, bounds, groupScores, groupBounds}) {
      assertThat(array[array.length - 1]).as("guard").isEqualTo(guard);
    }
  }

  /** What a bound lies above its definition, by PageBounds' javadoc. */
  private static double raise(Context context, int head) {
    int headDim = context.shape().headDim();
    double products = 0;
    double sum = 0;
    double largest = 0;
    for (int dim = 0; dim < headDim; dim++) {
      double q = Math.abs(context.query()[head * headDim + dim]);
      double key = 0;
      for (int token = 0; token < context.table().length(); token++) {
        int kvHead = head / context.shape().group();
        key = Math.max(key, Math.abs(context.cache().key(context.table(), token, kvHead, dim)));
      }
      products += q * key;
      sum += q;
      largest = Math.max(largest, key);
    }
    return (3 * headDim + 7) * UNIT * products + 0x1p-23 * sum * largest;
  }

  /** Every page has the same keys, whose bound is their score: only rounding parts them. */
  @ParameterizedTest
  @EnumSource
  void roundingNeverPutsABoundBelowItsKeys(KvType type) {
    AttentionShape shape = new AttentionShape(4, 1, 128);
    Random random = new Random(5);
    for (int round = 0; round < 50; round++) {
      PagedKvCache cache = PagedKvCache.allocate(type, 1, 128, 1, 40, arena);
      BlockTable table = BlockTable.empty(1);
      float[] q = new float[shape.queryLength()];
      for (int i = 0; i < q.length; i++) {
        q[i] = (float) random.nextGaussian();
      }
      for (int token = 0; token < 40; token++) {
        float[] key = new float[128];
        for (int dim = 0; dim < key.length; dim++) {
          key[dim] = (float) random.nextGaussian();
        }
        cache.append(table, key, key);
      }
      float[] bounds = new float[4 * 40];
      float[] scores = new float[4 * 40];
      PageBounds.build(cache, table, arena).scan(q, shape, bounds, TEAM);
      KeyScorer.plan(shape, type, TEAM).score(q, cache, table, scores);
      for (int i = 0; i < bounds.length; i++) {
        double exact = 0;
        for (int dim = 0; dim < 128; dim++) {
          exact += (double) q[i / 40 * 128 + dim] * cache.key(table, i % 40, 0, dim);
        }
        assertThat((double) bounds[i]).isGreaterThanOrEqualTo(Math.max(exact, scores[i]));
      }
    }
  }

  @Test
  void theLargestKeyHasAFiniteBound() {
    AttentionShape shape = new AttentionShape(1, 1, 64);
    PagedKvCache cache = PagedKvCache.allocate(KvType.INT8, 1, 64, 16, 1, arena);
    BlockTable table = BlockTable.empty(16);
    float[] key = new float[64];
    key[3] = Float.MAX_VALUE;
    assertThatThrownBy(() -> cache.append(table, key, key)).hasMessageContaining("keys[3]");
    key[3] = 3.38e38f;
    key[4] = -3.38e38f;
    cache.append(table, key, key);
    float[] bound = new float[1];
    PageBounds.build(cache, table, arena).scan(new float[64], shape, bound, TEAM);
    assertThat(bound[0]).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aBudgetOfAllPagesEqualsDenseBitForBit(KvType type) {
    Context context = context(type, new AttentionShape(8, 2, 64), 16, 500);
    PageBounds bounds = PageBounds.build(context.cache(), context.table(), arena);
    SparseAttention sparse =
        SparseAttention.plan(context.shape(), type, 16, context.table().pages(), TEAM);
    AttentionState dense = dense(context, type);
    for (int budget : new int[] {context.table().pages(), 1_000_000}) {
      AttentionState state = AttentionState.create(8, 64);
      sparse.attend(context.query(), context.cache(), context.table(), bounds, budget, state);
      assertThat(state.output()).isEqualTo(dense.output());
      assertThat(state.lse()).isEqualTo(dense.lse());
    }
    assertThat(sparse.selection().unionBytes(context.cache()))
        .isEqualTo(500 * context.cache().bytesPerToken());
  }

  @Test
  void massGrowsWithTheBudgetAndMostOfItIsInFewPages() {
    Context context = context(KvType.F16, new AttentionShape(8, 2, 64), 16, 2000);
    int pages = context.table().pages();
    PageBounds bounds = PageBounds.build(context.cache(), context.table(), arena);
    SparseAttention sparse = SparseAttention.plan(context.shape(), KvType.F16, 16, pages, TEAM);
    AttentionState dense = dense(context, KvType.F16);
    float[] scores = new float[8 * 2000];
    KeyScorer.plan(context.shape(), KvType.F16, TEAM)
        .score(context.query(), context.cache(), context.table(), scores);
    double[] previous = new double[8];
    for (int budget : new int[] {0, 1, 2, 8, 32, 64, pages}) {
      AttentionState state = AttentionState.create(8, 64);
      sparse.attend(context.query(), context.cache(), context.table(), bounds, budget, state);
      SelectionQuality quality =
          SelectionQuality.measure(
              context.shape(), context.table(), sparse.selection(), scores, dense, state);
      for (int head = 0; head < 8; head++) {
        assertThat(quality.mass()[head]).isBetween(previous[head] - 1e-5, 1 + 1e-5);
        assertThat(quality.recall()[head]).isBetween(0.0, 1.0);
      }
      previous = quality.mass();
      if (budget == 0) {
        assertThat(state.output()).containsOnly(0f);
        assertThat(state.lse()).containsOnly(Double.NEGATIVE_INFINITY);
        assertThat(quality.mass()).containsOnly(0);
        assertThat(quality.relativeL2()).containsOnly(1);
      }
      if (budget == 32) {
        assertThat(quality.mass()[7]).as("the most concentrated head").isGreaterThan(0.9);
        assertThat(quality.relativeL2()[7]).isLessThan(0.2);
      }
      if (budget == pages) {
        assertThat(quality.recall()).containsOnly(1);
        assertThat(quality.relativeL2()).containsOnly(0);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFullBudgetIsDenseBitForBitInEveryLayoutAndTeam(KvType type) {
    AttentionShape shape = new AttentionShape(8, 2, 64);
    int tokens = 1000;
    int[] all = IntStream.range(0, tokens).toArray();
    for (KvLayout layout : KvLayout.values()) {
      PagedKvCache cache = PagedKvCache.allocate(type, 2, 64, 16, 63, layout, arena);
      BlockTable table = BlockTable.empty(16);
      float[] q = StructuredKeys.withSeed(7).fill(cache, table, shape, tokens);
      PageBounds bounds = PageBounds.build(cache, table, arena);
      for (int workers : new int[] {1, 2, 3, 7}) {
        try (WorkerTeam team = WorkerTeam.of(workers)) {
          PagedAttention attention = PagedAttention.plan(shape, type, 16, team);
          AttentionState dense = AttentionState.create(8, 64);
          attention.attend(q, cache, table, dense);
          AttentionState sparse = AttentionState.create(8, 64);
          SparseAttention.plan(shape, type, 16, 70, team)
              .attend(q, cache, table, bounds, 70, sparse);
          AttentionState chosen = AttentionState.create(8, 64);
          attention.attendTokens(q, cache, table, all, tokens, chosen);
          for (AttentionState state : List.of(sparse, chosen)) {
            assertThat(state.output()).isEqualTo(dense.output());
            assertThat(state.lse()).isEqualTo(dense.lse());
          }
        }
      }
    }
  }

  @Test
  void nanScoresAreCountedWhereverTheyStand() {
    BlockTable table = BlockTable.of(new int[] {4, 3, 2, 1}, 50, 16);
    PageSelection selection = PageSelection.create(2, 16, 4);
    float nan = Float.NaN;
    selection.select(new float[] {1, 3, 2, nan, 5, nan, 5, nan}, table, 2);
    assertThat(selection.nanScores()).isEqualTo(3);
    selection.selectShared(new float[] {nan, 3, nan, 4, nan, nan, 5, -9}, table, 2);
    assertThat(selection.nanScores()).isEqualTo(4);
    assertThat(selection.page(1, 0)).isEqualTo(2);
    selection.select(new float[] {1, 3, 2, nan, 5, nan, 5, nan}, table, 0);
    assertThat(selection.nanScores()).isEqualTo(3);
    assertThatThrownBy(() -> selection.selectUnion(new float[8], 0, table, 1))
        .hasMessageContaining("a group of 0");
  }

  @Test
  void theLastPageIsAlwaysKeptAndCountsInTheBudget() {
    BlockTable table = BlockTable.of(new int[] {4, 3, 2, 1}, 50, 16);
    PageSelection selection = PageSelection.create(2, 16, 4);
    selection.select(new float[] {1, 3, 2, -9, 5, Float.NaN, 5, -9}, table, 2);
    assertThat(selection.page(0, 0)).isEqualTo(1);
    assertThat(selection.page(0, 1)).isEqualTo(3);
    assertThat(selection.page(1, 0)).isEqualTo(0);
    assertThat(selection.page(1, 1)).isEqualTo(3);
    assertThat(selection.tables()[0].length()).isEqualTo(18);
    assertThat(selection.nanScores()).isEqualTo(1);
    assertThatThrownBy(() -> selection.select(new float[8], table, -1))
        .hasMessageContaining("a budget of -1 pages");
  }

  @Test
  void boundsGrowWithTheSequence() {
    AttentionShape shape = new AttentionShape(2, 2, 64);
    PagedKvCache cache = PagedKvCache.allocate(KvType.F16, 2, 64, 16, 20, arena);
    PageBounds grown = PageBounds.allocate(cache, 20, arena);
    BlockTable table = BlockTable.empty(16);
    Random random = new Random(1);
    for (int token = 0; token < 300; token++) {
      float[] key = new float[128];
      for (int i = 0; i < key.length; i++) {
        key[i] = (float) random.nextGaussian();
      }
      cache.append(table, key, key);
      if (token % 7 == 0) {
        grown.extend(cache, table);
      }
    }
    grown.extend(cache, table);
    PageBounds built = PageBounds.build(cache, table, arena);
    for (int page = 0; page < table.pages(); page++) {
      for (int dim = 0; dim < 64; dim++) {
        assertThat(grown.maximum(1, page, dim)).isEqualTo(built.maximum(1, page, dim));
        assertThat(grown.minimum(1, page, dim)).isEqualTo(built.minimum(1, page, dim));
      }
    }
    assertThat(grown.bytesRead()).isEqualTo(2L * 2 * 19 * 64 * 2);
    assertThatThrownBy(() -> grown.scan(new float[128], shape, new float[37], TEAM))
        .hasMessageContaining("scores hold 37, 2 heads × 19 items need 38");
  }

  @Test
  void staleBoundsAreRefused() {
    Context context = context(KvType.F16, new AttentionShape(4, 1, 64), 16, 50);
    PageBounds bounds = PageBounds.allocate(context.cache(), 4, arena);
    SparseAttention sparse = SparseAttention.plan(context.shape(), KvType.F16, 16, 4, TEAM);
    AttentionState state = AttentionState.create(4, 64);
    assertThatThrownBy(
            () ->
                sparse.attend(context.query(), context.cache(), context.table(), bounds, 2, state))
        .hasMessage("bounds cover 0 tokens, the sequence has 50: extend them first");
  }

  @Test
  void pageMaximaAreTheLargestScoresOfThePages() {
    BlockTable table = BlockTable.of(new int[] {0, 1}, 5, 4);
    float[] pages = new float[4];
    KeyScorer.pageMaxima(new float[] {1, 5, 2, 3, -1, -4, -3, -9, -8, 7}, 2, table, pages);
    assertThat(pages).containsExactly(5, -1, -3, 7);
    float nan = Float.NaN;
    float[] some = {nan, 9, 1, 2, nan, -7, nan, -8, nan, nan};
    assertThat(KeyScorer.pageMaxima(some, 2, table, pages)).isEqualTo(5);
    assertThat(pages).containsExactly(9, nan, -7, nan);
  }

  @Test
  void aZeroOutputIsMatchedByZeroAlone() {
    AttentionShape shape = new AttentionShape(1, 1, 64);
    AttentionState dense = AttentionState.create(1, 64);
    AttentionState sparse = AttentionState.create(1, 64);
    SelectionQuality empty =
        SelectionQuality.measure(shape, 0, new int[1][0], new float[0], dense, sparse);
    assertThat(empty.relativeL2()).containsExactly(0);
    assertThat(empty.mass()).containsExactly(1);
    sparse.output()[3] = 5;
    SelectionQuality wrong =
        SelectionQuality.measure(shape, 0, new int[1][0], new float[0], dense, sparse);
    assertThat(wrong.relativeL2()).containsExactly(Double.POSITIVE_INFINITY);
  }

  @Test
  void structuredKeysAreSeeded() {
    AttentionShape shape = new AttentionShape(4, 2, 64);
    Context a = context(KvType.F16, shape, 16, 100);
    Context b = context(KvType.F16, shape, 16, 100);
    assertThat(a.query()).isEqualTo(b.query());
    assertThat(a.cache().memory().mismatch(b.cache().memory())).isEqualTo(-1);
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "INT8"})
  @Tag("allocation")
  void aStepAllocatesNothing(KvType type) {
    Context context = context(type, new AttentionShape(8, 2, 64), 16, 1000);
    PageBounds bounds = PageBounds.build(context.cache(), context.table(), arena);
    try (WorkerTeam one = WorkerTeam.of(1)) {
      SparseAttention sparse = SparseAttention.plan(context.shape(), type, 16, 64, one);
      KeyScorer scorer = KeyScorer.plan(context.shape(), type, one);
      float[] scores = new float[8 * 1000];
      AttentionState state = AttentionState.create(8, 64);
      assertThat(
              Allocation.settledBytesPerCall(
                  () -> {
                    scorer.score(context.query(), context.cache(), context.table(), scores);
                    sparse.attend(
                        context.query(), context.cache(), context.table(), bounds, 16, state);
                  }))
          .isZero();
    }
  }

  private static AttentionState dense(Context context, KvType type) {
    AttentionShape shape = context.shape();
    AttentionState state = AttentionState.create(shape.queryHeads(), shape.headDim());
    PagedAttention.plan(shape, type, context.table().blockSize(), TEAM)
        .attend(context.query(), context.cache(), context.table(), state);
    return state;
  }

  private static float[] guarded(int length, float guard) {
    float[] array = new float[length + 1];
    array[length] = guard;
    return array;
  }

  private static float[] groupMaxima(float[] rows, int group, int width) {
    float[] maxima = new float[2 * width];
    Arrays.fill(maxima, Float.NEGATIVE_INFINITY);
    for (int head = 0; head < 2 * group; head++) {
      for (int i = 0; i < width; i++) {
        int at = head / group * width + i;
        maxima[at] = Math.max(maxima[at], rows[head * width + i]);
      }
    }
    return maxima;
  }
}
