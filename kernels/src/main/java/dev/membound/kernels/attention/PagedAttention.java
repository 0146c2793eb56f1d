package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import java.util.Arrays;

/**
 * Decode attention of one query token over a paged KV cache: {@code o = softmax(scale · q·Kᵀ) · V}
 * a query head, with {@code scale = 1/√headDim}.
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
 * u·((headDim + 8)·A + n + 32)}. These are worst cases; rounding errors mostly cancel.
 *
 * <p>A plan holds scratch memory for its team: one call at a time. A call allocates nothing.
 */
public abstract sealed class PagedAttention permits ScalarPagedAttention, VectorPagedAttention {
  final AttentionShape shape;
  final double scale;
  private final KvType type;
  private final int blockSize;
  private final WorkerTeam team;
  private final WorkerTeam.Task task;
  private final BlockTable[] sameTables;
  private final AttentionState[] partial;

  // The arguments of the call in flight, for the workers.
  private float[] query;
  private PagedKvCache cache;
  private BlockTable[] tables;
  private AttentionState target;

  PagedAttention(AttentionShape shape, KvType type, int blockSize, WorkerTeam team) {
    PagedKvCache.requireBlockSize(blockSize);
    this.shape = shape;
    this.scale = 1 / Math.sqrt(shape.headDim());
    this.type = type;
    this.blockSize = blockSize;
    this.team = team;
    this.task = this::runShare;
    this.sameTables = new BlockTable[shape.kvHeads()];
    this.partial = new AttentionState[team.size()];
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
    return KernelProvider.current().isVectorised()
        ? new VectorPagedAttention(shape, type, blockSize, team)
        : new ScalarPagedAttention(shape, type, blockSize, team);
  }

  /** As {@link #plan}, always the scalar reference. */
  public static PagedAttention planScalar(
      AttentionShape shape, KvType type, int blockSize, WorkerTeam team) {
    return new ScalarPagedAttention(shape, type, blockSize, team);
  }

  /**
   * Attends to all tokens of a sequence.
   *
   * @param q finite, below 65504 in magnitude, {@code queryHeads × headDim}
   * @param out is overwritten
   * @throws IllegalArgumentException if a shape, type or block id does not fit, before anything is
   *     read
   */
  public final void attend(float[] q, PagedKvCache cache, BlockTable table, AttentionState out) {
    Arrays.fill(sameTables, table);
    attend(q, cache, sameTables, out);
  }

  /**
   * Attends to another set of tokens for each KV head, as selections leave them.
   *
   * @param tables one a KV head
   */
  public final void attend(float[] q, PagedKvCache cache, BlockTable[] tables, AttentionState out) {
    check(q, cache, tables, out);
    this.query = q;
    this.cache = cache;
    this.tables = tables;
    this.target = out;
    out.reset();
    team.run(task);
    for (int worker = 1; worker < partial.length; worker++) {
      out.merge(partial[worker]);
    }
  }

  /**
   * Bytes that {@link #attend} reads from the cache: {@code 2 · kvHeads · length · headDim ·
   * elementBytes}, lengths rounded up to tiles of 16 and head dimensions to 32.
   */
  public static long bytesRead(PagedKvCache cache, BlockTable table) {
    long elements = (long) TileLayout.LANES * TileLayout.paddedDim(cache.headDim());
    return 2L * cache.kvHeads() * cache.tiles(table) * elements * cache.type().elementBytes();
  }

  /**
   * Computes the states of a KV head's query heads over the tiles from {@code first} to before
   * {@code end}, and sets them in {@code out}.
   */
  abstract void attendTiles(
      int worker,
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      int kvHead,
      int first,
      int end,
      AttentionState out);

  /** A worker's even share of all heads' tiles, which may start and end inside a head. */
  private void runShare(int worker, int workers) {
    AttentionState out = worker == 0 ? target : partial[worker];
    if (worker > 0) {
      out.reset();
    }
    long tiles = 0;
    for (BlockTable table : tables) {
      tiles += cache.tiles(table);
    }
    long start = tiles * worker / workers;
    long end = tiles * (worker + 1) / workers;
    long headStart = 0;
    for (int head = 0; head < tables.length && headStart < end; head++) {
      int headTiles = cache.tiles(tables[head]);
      int from = (int) Math.max(start - headStart, 0);
      int to = (int) Math.min(end - headStart, headTiles);
      if (from < to) {
        attendTiles(worker, query, cache, tables[head], head, from, to, out);
      }
      headStart += headTiles;
    }
  }

  private void check(float[] q, PagedKvCache cache, BlockTable[] tables, AttentionState out) {
    shape.requireQuery(q);
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
    if (tables.length != shape.kvHeads()) {
      throw new IllegalArgumentException(
          tables.length + " block tables for " + shape.kvHeads() + " KV heads");
    }
    for (BlockTable table : tables) {
      table.requireWithin(cache);
    }
    if (out.queryHeads() != shape.queryHeads() || out.headDim() != shape.headDim()) {
      throw new IllegalArgumentException(
          "a state of %d × %d for %s".formatted(out.queryHeads(), out.headDim(), shape));
    }
  }
}
