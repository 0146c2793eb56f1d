package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.attention.TileScorer;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.MemorySegment;

/**
 * Exact scores of every key: the unscaled {@code q·k}. Reads each key once for all query heads of
 * its group and its scales. A call allocates nothing.
 *
 * <p>Error: {@code (headDim + 2) · 2⁻²⁴ · Σ|q·k|}, with INT8 keys {@code 2⁻¹⁶ · scale · Σ|q|} more,
 * as {@link TileScorer}.
 */
public final class KeyScorer {
  private final AttentionShape shape;
  private final TileScan scan;
  private final Keys keys = new Keys();
  private final KvType type;

  private KeyScorer(AttentionShape shape, KvType type, WorkerTeam team) {
    this.shape = shape;
    this.type = type;
    this.scan =
        new TileScan(
            shape,
            () -> TileScorer.ofKeys(type, shape.headDim(), shape.group()),
            this::loadQuery,
            team);
  }

  public static KeyScorer plan(AttentionShape shape, KvType type, WorkerTeam team) {
    return new KeyScorer(shape, type, team);
  }

  /**
   * Scores a query head at a time.
   *
   * @param q {@code queryHeads × headDim}
   * @param scores receives {@code queryHeads × length}
   * @throws IllegalArgumentException if a shape, type, length or block id does not fit
   */
  public void score(float[] q, PagedKvCache cache, BlockTable table, float[] scores) {
    check(cache, table);
    scan.run(q, keys, scores, false);
  }

  /**
   * Scores for a selection that a group shares: the largest score of a KV head's query heads.
   *
   * @param scores receives {@code kvHeads × length}
   */
  public void scoreGroups(float[] q, PagedKvCache cache, BlockTable table, float[] scores) {
    check(cache, table);
    scan.run(q, keys, scores, true);
  }

  /**
   * Turns token scores into page scores: the largest score of a page. NaN is passed over, unless
   * the page has nothing else.
   *
   * @param rows heads
   * @param tokenScores {@code rows × table.length()}
   * @param pageScores receives {@code rows × table.pages()}
   * @return how many token scores are NaN
   */
  public static long pageMaxima(
      float[] tokenScores, int rows, BlockTable table, float[] pageScores) {
    int pages = table.pages();
    long nan = 0;
    for (int row = 0; row < rows; row++) {
      for (int page = 0; page < pages; page++) {
        int from = row * table.length() + page * table.blockSize();
        float max = Float.NaN;
        for (int i = 0; i < table.tokensOfPage(page); i++) {
          float score = tokenScores[from + i];
          nan += Float.isNaN(score) ? 1 : 0;
          max = score > max || Float.isNaN(max) ? score : max;
        }
        pageScores[row * pages + page] = max;
      }
    }
    return nan;
  }

  /** Bytes that a call reads. */
  public static long bytesRead(PagedKvCache cache, BlockTable table) {
    return cache.bytesPerToken() / 2 * table.length();
  }

  private void check(PagedKvCache cache, BlockTable table) {
    if (cache.kvHeads() != shape.kvHeads()
        || cache.headDim() != shape.headDim()
        || cache.type() != type) {
      throw new IllegalArgumentException(
          "planned for %d KV heads of %d, %s; the cache has %d of %d, %s"
              .formatted(
                  shape.kvHeads(),
                  shape.headDim(),
                  type,
                  cache.kvHeads(),
                  cache.headDim(),
                  cache.type()));
    }
    table.requireWithin(cache);
    keys.cache = cache;
    keys.table = table;
  }

  private float loadQuery(float[] q, int from, int kvHead, TileScorer scorer, int head) {
    for (int dim = 0; dim < shape.headDim(); dim++) {
      scorer.setQuery(head, dim, q[from + dim]);
    }
    return 0;
  }

  private static final class Keys implements TileSource {
    private PagedKvCache cache;
    private BlockTable table;

    @Override
    public MemorySegment memory() {
      return cache.memory();
    }

    @Override
    public int tiles() {
      return cache.tiles(table);
    }

    @Override
    public int items() {
      return table.length();
    }

    @Override
    public int firstItem(int tile) {
      return cache.firstToken(table, tile);
    }

    @Override
    public int itemsOf(int tile) {
      return cache.tokensOfTile(table, tile);
    }

    @Override
    public long offset(int kvHead, int tile) {
      return cache.keyTile(table, kvHead, tile);
    }
  }
}
