package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import java.util.Arrays;

/**
 * Decode attention of one query token over a paged KV cache: {@code o = softmax(scale · q·Kᵀ) · V}
 * a query head; {@link AttentionOptions} has the scale, a window and a soft cap, {@link
 * AttentionState#applySinks} attention sinks.
 *
 * <p>Online softmax (<a href="https://arxiv.org/abs/1805.02867">Milakov and Gimelshein 2018</a>),
 * the context split over workers (<a href="https://pytorch.org/blog/flash-decoding/">Flash-Decoding
 * </a>) and the parts merged as {@link AttentionState}s. A key or value is read from memory once
 * for all query heads of its group. The split depends on the lengths and the team alone: same
 * input, same bits.
 *
 * <p><b>Error.</b> With u = 2⁻²⁴, n tokens, A = max over tokens of {@code scale · Σ|q·k|} and V =
 * max |v| over the stored (already rounded) keys and values, every output differs from the exact
 * result by at most {@code u·V·(2(headDim + 8)·A + 2n + 64)}, and {@code lse} by at most {@code
 * u·((headDim + 8)·A + n + 32)}; a soft cap c adds {@code 32·u·V·c} and {@code 16·u·c}. With INT8
 * keys {@code 4 · scale · Σ|q|} times the largest scale of a key comes to A. These are worst cases;
 * rounding errors mostly cancel.
 *
 * <p>A plan holds scratch memory for its team: one call at a time. A call allocates nothing.
 */
public abstract sealed class PagedAttention permits ScalarPagedAttention, VectorPagedAttention {
  final AttentionShape shape;
  final AttentionOptions options;
  private final KvType type;
  private final int blockSize;
  private final WorkerTeam team;
  private final WorkerTeam.Task task;
  private final BlockTable[] oneTable = new BlockTable[1];
  private final float[][] oneQuery = new float[1][];
  private final AttentionState[] oneState = new AttentionState[1];
  private final AttentionState[] partial;
  private final int[] partialTarget;

  // The arguments of the call in flight, for the workers. A strip is a set of tokens and the heads
  // that attend to it; strip s belongs to sequence s / stripsPerSequence.
  private float[][] queries;
  private PagedKvCache cache;
  private AttentionState[] targets;
  private TileSet[] sets = new TileSet[0];
  private int strips;
  private int stripsPerSequence;

  PagedAttention(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    PagedKvCache.requireBlockSize(blockSize);
    this.shape = shape;
    this.options = options;
    this.type = type;
    this.blockSize = blockSize;
    this.team = team;
    this.task = this::runShare;
    this.partial = new AttentionState[team.size()];
    this.partialTarget = new int[team.size()];
    for (int worker = 1; worker < partial.length; worker++) {
      partial[worker] = AttentionState.create(shape.queryHeads(), shape.headDim());
    }
  }

  /**
   * Plans attention with this process's {@linkplain KernelProvider provider}; the plan serves any
   * cache of this shape, type and block size.
   *
   * @throws IllegalArgumentException if the block size is not between 1 and 256
   */
  public static PagedAttention plan(
      AttentionShape shape, KvType type, int blockSize, WorkerTeam team) {
    return plan(shape, AttentionOptions.of(shape), type, blockSize, team);
  }

  /** As the other, with a scale, window or soft cap. */
  public static PagedAttention plan(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    return KernelProvider.current().isVectorised()
        ? new VectorPagedAttention(shape, options, type, blockSize, team)
        : new ScalarPagedAttention(shape, options, type, blockSize, team);
  }

  /** As {@link #plan}, always the scalar reference. */
  public static PagedAttention planScalar(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    return new ScalarPagedAttention(shape, options, type, blockSize, team);
  }

  /**
   * Attends to all tokens of a sequence.
   *
   * <p>Results hold while scores, and sums of 256 times the values, stay in F32's range.
   *
   * @param q finite, below 65504 in magnitude, {@code queryHeads × headDim}
   * @param out is overwritten
   * @throws IllegalArgumentException if a shape, type or block id does not fit, before anything is
   *     read
   */
  public final void attend(float[] q, PagedKvCache cache, BlockTable table, AttentionState out) {
    oneTable[0] = table;
    attend(one(q), cache, oneTable, one(out));
  }

  /**
   * Attends with one query of each sequence of a batch, whose lengths may differ.
   *
   * @param q a query a sequence
   * @param tables a block table a sequence
   * @param out a state a sequence, overwritten
   */
  public final void attend(
      float[][] q, PagedKvCache cache, BlockTable[] tables, AttentionState[] out) {
    if (q.length != tables.length || out.length != tables.length) {
      throw new IllegalArgumentException(
          "%d queries, %d block tables and %d states of a batch"
              .formatted(q.length, tables.length, out.length));
    }
    check(cache);
    for (int sequence = 0; sequence < tables.length; sequence++) {
      check(q[sequence], cache, tables[sequence], out[sequence]);
    }
    int each = cache.layout() == KvLayout.BLOCK_MAJOR ? 1 : shape.kvHeads();
    prepare(tables.length * each, each);
    for (int strip = 0; strip < strips; strip++) {
      BlockTable table = tables[strip / each];
      sets[strip].assignFrom(cache, table, options.firstToken(table.length()));
    }
    run(q, cache, out);
  }

  /**
   * Attends to another set of tokens for each KV head, as selections leave them. A window counts
   * the tokens of these tables.
   *
   * @param tables one a KV head
   */
  public final void attend(float[] q, PagedKvCache cache, BlockTable[] tables, AttentionState out) {
    check(cache);
    if (tables.length != shape.kvHeads()) {
      throw new IllegalArgumentException(
          tables.length + " block tables for " + shape.kvHeads() + " KV heads");
    }
    for (BlockTable table : tables) {
      check(q, cache, table, out);
    }
    // As without a selection, so that all tokens chosen give the same bits as none chosen.
    int each = cache.layout() == KvLayout.BLOCK_MAJOR && allSame(tables) ? 1 : tables.length;
    prepare(each, each);
    for (int strip = 0; strip < strips; strip++) {
      BlockTable table = tables[strip];
      sets[strip].assignFrom(cache, table, options.firstToken(table.length()));
    }
    run(one(q), cache, one(out));
  }

  /**
   * Attends to some tokens of a sequence, the same for all heads; no window applies. Reads the
   * whole tiles of 16 tokens that they lie in: keys are transposed within a tile.
   *
   * @param tokens strictly ascending, the first {@code count} of them
   * @throws IllegalArgumentException if a token is out of range or order, or something else does
   *     not fit
   */
  public final void attendTokens(
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      int[] tokens,
      int count,
      AttentionState out) {
    check(cache);
    check(q, cache, table, out);
    int each = cache.layout() == KvLayout.BLOCK_MAJOR ? 1 : shape.kvHeads();
    prepare(each, each);
    for (int strip = 0; strip < strips; strip++) {
      sets[strip].assignTokens(cache, table, tokens, count);
    }
    run(one(q), cache, one(out));
  }

  /**
   * Bytes that {@link #attend} reads from the cache: keys, values and their scales, lengths rounded
   * up to tiles of 16 and head dimensions to 32, of 1-byte types to 64.
   */
  public static long bytesRead(PagedKvCache cache, BlockTable table) {
    return 2L
        * cache.kvHeads()
        * cache.tiles(table)
        * TileLayout.tileBytes(cache.type(), cache.headDim());
  }

  /**
   * Computes the states of the query heads of KV heads {@code firstHead} to before {@code endHead}
   * over the tiles {@code first} to before {@code end} of a set, and sets them in {@code out}.
   */
  abstract void attendTiles(
      int worker,
      float[] q,
      PagedKvCache cache,
      TileSet set,
      int firstHead,
      int endHead,
      int first,
      int end,
      AttentionState out);

  private void prepare(int count, int each) {
    if (sets.length < count) {
      TileSet[] more = Arrays.copyOf(sets, count);
      for (int i = sets.length; i < count; i++) {
        more[i] = new TileSet();
      }
      sets = more;
    }
    strips = count;
    stripsPerSequence = each;
  }

  private void run(float[][] q, PagedKvCache cache, AttentionState[] out) {
    this.queries = q;
    this.cache = cache;
    this.targets = out;
    for (AttentionState state : out) {
      state.reset();
    }
    Arrays.fill(partialTarget, -1);
    team.run(task);
    for (int worker = 1; worker < partial.length; worker++) {
      if (partialTarget[worker] >= 0) {
        out[partialTarget[worker]].merge(partial[worker]);
      }
    }
  }

  /**
   * A worker's even share of all strips' tiles. Whoever has a strip's first tile writes its
   * sequence's state; a share that starts inside a strip goes to the worker's partial state first.
   */
  private void runShare(int worker, int workers) {
    long tiles = 0;
    for (int strip = 0; strip < strips; strip++) {
      tiles += sets[strip].size();
    }
    long start = tiles * worker / workers;
    long end = tiles * (worker + 1) / workers;
    long stripStart = 0;
    for (int strip = 0; strip < strips && stripStart < end; strip++) {
      int size = sets[strip].size();
      int from = (int) Math.max(start - stripStart, 0);
      int to = (int) Math.min(end - stripStart, size);
      if (from < to) {
        attendStrip(worker, strip, from, to);
      }
      stripStart += size;
    }
  }

  private void attendStrip(int worker, int strip, int from, int to) {
    int sequence = strip / stripsPerSequence;
    int heads = shape.kvHeads() / stripsPerSequence;
    int firstHead = strip % stripsPerSequence * heads;
    AttentionState out = targets[sequence];
    if (from > 0) {
      out = partial[worker];
      out.reset();
      partialTarget[worker] = sequence;
    }
    attendTiles(
        worker, queries[sequence], cache, sets[strip], firstHead, firstHead + heads, from, to, out);
  }

  private static boolean allSame(BlockTable[] tables) {
    for (BlockTable table : tables) {
      if (!table.hasBlocksOf(tables[0])) {
        return false;
      }
    }
    return true;
  }

  private float[][] one(float[] q) {
    oneQuery[0] = q;
    return oneQuery;
  }

  private AttentionState[] one(AttentionState out) {
    oneState[0] = out;
    return oneState;
  }

  private void check(PagedKvCache cache) {
    if (cache.kvHeads() != shape.kvHeads()
        || cache.headDim() != shape.headDim()
        || cache.type() != type
        || cache.blockSize() != blockSize) {
      throw new IllegalArgumentException(
          "planned for %d KV heads of %d, %s, blocks of %d; the cache has %d of %d, %s, %d"
              .formatted(
                  shape.kvHeads(),
                  shape.headDim(),
                  type,
                  blockSize,
                  cache.kvHeads(),
                  cache.headDim(),
                  cache.type(),
                  cache.blockSize()));
    }
  }

  private void check(float[] q, PagedKvCache cache, BlockTable table, AttentionState out) {
    shape.requireQuery(q);
    table.requireWithin(cache);
    if (out.queryHeads() != shape.queryHeads() || out.headDim() != shape.headDim()) {
      throw new IllegalArgumentException(
          "a state of %d × %d for %s".formatted(out.queryHeads(), out.headDim(), shape));
    }
  }
}
