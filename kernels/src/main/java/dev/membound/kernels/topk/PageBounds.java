package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.attention.TileLayout;
import dev.membound.kernels.attention.TileScorer;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The digest of <a href="https://arxiv.org/abs/2406.10774">Quest</a>: elementwise maximum and
 * minimum of a page's keys, from which {@code Σ_d max(q_d·max_d, q_d·min_d)} bounds every {@code
 * q·k} of the page from above.
 *
 * <p>Kept in the cache's own type, where minima and maxima are exact, or in BF16, rounded outwards,
 * where keys have scales ({@link #typeFor}); in the sequence's page order and in {@linkplain
 * TileLayout tiles} of 16 pages: {@code [kvHead][tile][dim][page][max, min]}. As a sum over d of
 * {@code max_d·max(q_d, 0) + min_d·min(q_d, 0)} the bound is a dot product, so the scan is the
 * key-scoring kernel. Empty slots of a partly filled page count for nothing.
 *
 * <p>Rounding keeps the bound a bound: every bound of a query head is raised by the same {@code
 * (3·headDim + 7) · 2⁻²⁴ · Σ_d |q_d| · largest |k_d| of the sequence}, more than a bound and a
 * score of {@link KeyScorer} can be off by together (INT8: {@code 2⁻²³ · Σ|q| · largest |k|} more).
 * So no bound lies below the exact {@code q·k} of a key of its page, nor below the computed one,
 * while keys stay below 3.38e38 and their products in F32's range.
 *
 * <p>A scan reads {@code 2 · kvHeads · pages · headDim · elementBytes} bytes and allocates nothing
 * after the first with a shape and team. One scan at a time.
 */
public final class PageBounds {
  private final KvType keyType;
  private final KvType type;
  private final int kvHeads;
  private final int headDim;
  private final int blockSize;
  private final int capacityPages;
  private final long tileBytes;
  private final MemorySegment memory;
  private final float[] magnitudes; // largest |key|: [kvHead][dim]
  private final Tiles tiles = new Tiles();
  private int tokens;
  private TileScan scan;

  private PageBounds(
      KvType keyType, int kvHeads, int headDim, int blockSize, int capacityPages, Arena arena) {
    this.keyType = keyType;
    this.type = typeFor(keyType);
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.blockSize = blockSize;
    this.capacityPages = Math.ceilDiv(capacityPages, TileLayout.LANES) * TileLayout.LANES;
    this.tileBytes = (long) headDim * TileLayout.lineBytes(type);
    long tilesPerHead = this.capacityPages / TileLayout.LANES;
    this.memory =
        OffHeap.allocate(
            arena, Math.multiplyExact((long) kvHeads, Math.multiplyExact(tilesPerHead, tileBytes)));
    this.magnitudes = new float[kvHeads * headDim];
  }

  /** The type that bounds of keys of a type are kept in. */
  public static KvType typeFor(KvType keys) {
    return keys.isScaled() ? KvType.BF16 : keys;
  }

  /** Empty bounds with room for a growing sequence. */
  public static PageBounds allocate(PagedKvCache cache, int capacityPages, Arena arena) {
    if (capacityPages < 1) {
      throw new IllegalArgumentException("bounds of " + capacityPages + " pages");
    }
    return new PageBounds(
        cache.type(), cache.kvHeads(), cache.headDim(), cache.blockSize(), capacityPages, arena);
  }

  /** The bounds of a whole sequence. */
  public static PageBounds build(PagedKvCache cache, BlockTable table, Arena arena) {
    PageBounds bounds = allocate(cache, Math.max(1, table.pages()), arena);
    bounds.extend(cache, table);
    return bounds;
  }

  /** The same bounds in memory of their own, as a forked sequence needs them. */
  public PageBounds copy(Arena arena) {
    PageBounds copy = new PageBounds(keyType, kvHeads, headDim, blockSize, capacityPages, arena);
    copy.memory.copyFrom(memory);
    System.arraycopy(magnitudes, 0, copy.magnitudes, 0, magnitudes.length);
    copy.tokens = tokens;
    return copy;
  }

  /** Takes in the tokens that the sequence has gained since the last call. */
  public void extend(PagedKvCache cache, BlockTable table) {
    table.requireWithin(cache);
    if (cache.type() != keyType || cache.kvHeads() != kvHeads || cache.headDim() != headDim) {
      throw new IllegalArgumentException(
          "bounds of %d KV heads of %d, %s; the cache has %d of %d, %s"
              .formatted(
                  kvHeads, headDim, keyType, cache.kvHeads(), cache.headDim(), cache.type()));
    }
    if (table.blockSize() != blockSize
        || table.length() < tokens
        || table.pages() > capacityPages) {
      throw new IllegalArgumentException(
          "bounds of %d tokens in pages of %d, at most %d pages; the sequence has %d tokens in pages of %d"
              .formatted(tokens, blockSize, capacityPages, table.length(), table.blockSize()));
    }
    for (int head = 0; head < kvHeads; head++) {
      for (int token = tokens; token < table.length(); token++) {
        include(cache, table, head, token);
      }
    }
    tokens = table.length();
  }

  public int pages() {
    return Math.ceilDiv(tokens, blockSize);
  }

  /** Tokens that the bounds cover. */
  public int tokens() {
    return tokens;
  }

  /** Bytes that a scan reads. */
  public long bytesRead() {
    return 2L * kvHeads * pages() * headDim * type.elementBytes();
  }

  /**
   * Bounds a query head at a time, on the unscaled {@code q·k}.
   *
   * @param scores receives {@code queryHeads × pages}
   * @throws IllegalArgumentException if a length or shape does not fit
   */
  public void scan(float[] q, AttentionShape shape, float[] scores, WorkerTeam team) {
    planned(shape, team).run(q, tiles, scores, false);
  }

  /**
   * Bounds for a selection that a group shares: the largest bound of a KV head's query heads, so
   * still a bound for each of them.
   *
   * @param scores receives {@code kvHeads × pages}
   */
  public void scanGroups(float[] q, AttentionShape shape, float[] scores, WorkerTeam team) {
    planned(shape, team).run(q, tiles, scores, true);
  }

  /** A page's largest key element. */
  float maximum(int kvHead, int page, int dim) {
    return TileLayout.load(
        type,
        memory,
        tiles.offset(kvHead, page / TileLayout.LANES),
        dim,
        page % TileLayout.LANES,
        false);
  }

  /** A page's smallest key element. */
  float minimum(int kvHead, int page, int dim) {
    return TileLayout.load(
        type,
        memory,
        tiles.offset(kvHead, page / TileLayout.LANES),
        dim,
        page % TileLayout.LANES,
        true);
  }

  private void include(PagedKvCache cache, BlockTable table, int head, int token) {
    int page = token / blockSize;
    boolean firstOfPage = token % blockSize == 0;
    long tile = tiles.offset(head, page / TileLayout.LANES);
    int lane = page % TileLayout.LANES;
    for (int dim = 0; dim < headDim; dim++) {
      float key = cache.key(table, token, head, dim);
      int column = head * headDim + dim;
      magnitudes[column] = Math.max(magnitudes[column], Math.abs(key));
      if (firstOfPage || key > TileLayout.load(type, memory, tile, dim, lane, false)) {
        TileLayout.store(type, memory, tile, dim, lane, false, outwards(key, true));
      }
      if (firstOfPage || key < TileLayout.load(type, memory, tile, dim, lane, true)) {
        TileLayout.store(type, memory, tile, dim, lane, true, outwards(key, false));
      }
    }
  }

  /** The nearest BF16 that is not below, or not above, a key whose type has scales. */
  private float outwards(float key, boolean up) {
    int bits = Float.floatToRawIntBits(key);
    if (!keyType.isScaled() || (bits & 0xFFFF) == 0) {
      return key;
    }
    boolean grows = up == (bits >= 0);
    return Float.intBitsToFloat((bits & 0xFFFF0000) + (grows ? 0x10000 : 0));
  }

  private TileScan planned(AttentionShape shape, WorkerTeam team) {
    if (shape.kvHeads() != kvHeads || shape.headDim() != headDim) {
      throw new IllegalArgumentException(
          "bounds of %d KV heads of %d for %s".formatted(kvHeads, headDim, shape));
    }
    if (scan == null || !scan.isFor(shape, team)) {
      scan =
          new TileScan(
              shape, () -> TileScorer.ofPairs(type, headDim, shape.group()), this::loadQuery, team);
    }
    return scan;
  }

  private float loadQuery(float[] q, int from, int kvHead, TileScorer scorer, int head) {
    double products = 0;
    double sum = 0;
    float largest = 0;
    for (int dim = 0; dim < headDim; dim++) {
      float value = q[from + dim];
      scorer.setQuery(head, 2 * dim, Math.max(value, 0));
      scorer.setQuery(head, 2 * dim + 1, Math.min(value, 0));
      float magnitude = magnitudes[kvHead * headDim + dim];
      products += (double) Math.abs(value) * magnitude;
      sum += Math.abs(value);
      largest = Math.max(largest, magnitude);
    }
    double int8 = keyType == KvType.INT8 ? 2 * sum * largest : 0;
    return (float) (((3 * headDim + 7) * products + int8) * 0x1p-24);
  }

  private final class Tiles implements TileSource {
    @Override
    public MemorySegment memory() {
      return memory;
    }

    @Override
    public int tiles() {
      return Math.ceilDiv(pages(), TileLayout.LANES);
    }

    @Override
    public int items() {
      return pages();
    }

    @Override
    public int firstItem(int tile) {
      return tile * TileLayout.LANES;
    }

    @Override
    public int itemsOf(int tile) {
      return Math.min(TileLayout.LANES, pages() - tile * TileLayout.LANES);
    }

    @Override
    public long offset(int kvHead, int tile) {
      return ((long) kvHead * (capacityPages / TileLayout.LANES) + tile) * tileBytes;
    }
  }
}
