package dev.membound.kernels.attention;

import dev.membound.kernels.provider.KernelProvider;
import java.lang.foreign.MemorySegment;

/**
 * Scores tiles of 16 lanes against the query heads of a group: {@code score(head, lane) = Σ over
 * elements of element · multiplier}. With keys a lane is a token; with page bounds a lane is a page
 * and two elements are its maximum and minimum in one dimension.
 *
 * <p>Every score differs from the exact sum by at most {@code (elements + 2) · 2⁻²⁴ · Σ|terms|}.
 * Not safe for several threads: a worker has its own.
 */
public abstract sealed class TileScorer {
  final KvType type;
  final int elements;
  final int heads;

  private TileScorer(KvType type, int elements, int heads) {
    this.type = type;
    this.elements = elements;
    this.heads = heads;
  }

  /**
   * A scorer of key tiles with this process's {@linkplain KernelProvider provider}; an element is a
   * dimension.
   *
   * @param heads query heads, at least 1
   */
  public static TileScorer ofKeys(KvType type, int headDim, int heads) {
    return create(type, headDim, heads);
  }

  /**
   * A scorer of tiles of pairs, as bounds are; element {@code 2·line} is a line's first, {@code
   * 2·line + 1} its second.
   *
   * @param type not scaled
   * @param heads query heads, at least 1
   */
  public static TileScorer ofPairs(KvType type, int lines, int heads) {
    if (type.isScaled()) {
      throw new IllegalArgumentException(type + " has no pairs");
    }
    return create(type, 2 * lines, heads);
  }

  private static TileScorer create(KvType type, int elements, int heads) {
    if (elements < 1 || heads < 1) {
      throw new IllegalArgumentException(
          "scoring needs elements and heads, not " + elements + " and " + heads);
    }
    return KernelProvider.current().isVectorised()
        ? new Vector(type, elements, heads)
        : new Scalar(type, elements, heads);
  }

  /** Sets what an element is multiplied by. */
  public abstract void setQuery(int head, int element, float multiplier);

  /**
   * Scores two tiles, best far apart in memory; they may be the same.
   *
   * @param memory holds the tiles in {@link TileLayout}, finite
   * @param first byte offset of a tile
   * @param second byte offset of the other tile
   * @param scores receives 16 scores a head: the first tile's from {@code firstAt}, the second's
   *     from {@code secondAt}, the next head's {@code headStride} further
   */
  public abstract void score(
      MemorySegment memory,
      long first,
      long second,
      float[] scores,
      int firstAt,
      int secondAt,
      int headStride);

  private static final class Scalar extends TileScorer {
    private final float[] query;
    private final TileElements keys;

    Scalar(KvType type, int elements, int heads) {
      super(type, elements, heads);
      this.query = new float[heads * elements];
      this.keys = new TileElements(type, elements);
    }

    @Override
    public void setQuery(int head, int element, float multiplier) {
      query[head * elements + element] = multiplier;
    }

    @Override
    public void score(
        MemorySegment memory,
        long first,
        long second,
        float[] scores,
        int firstAt,
        int secondAt,
        int headStride) {
      for (int head = 0; head < heads; head++) {
        for (int lane = 0; lane < TileLayout.LANES; lane++) {
          scores[firstAt + head * headStride + lane] = (float) dot(memory, first, head, lane);
          scores[secondAt + head * headStride + lane] = (float) dot(memory, second, head, lane);
        }
      }
    }

    private double dot(MemorySegment memory, long tile, int head, int lane) {
      double sum = 0;
      for (int i = 0; i < elements; i++) {
        float element =
            type.isScaled()
                ? keys.loadKey(memory, tile, lane, i)
                : TileLayout.load(type, memory, tile, i / 2, lane, i % 2 == 1);
        sum += (double) query[head * elements + i] * element;
      }
      return sum;
    }
  }

  private static final class Vector extends TileScorer {
    private static final int HEADS = FusedTiles.HEADS;

    private final float factor;
    private final int lineBytes;
    private final int scaleBytes;
    private final int scaleRows;
    private final int passElements;
    private final float[] query;
    private final float[] firstScales;
    private final float[] secondScales;

    Vector(KvType type, int elements, int heads) {
      super(type, elements, heads);
      this.factor = TileDecode.factor(type);
      this.lineBytes = TileLayout.lineBytes(type);
      this.scaleBytes = TileLayout.scaleBytes(type, elements);
      this.scaleRows = TileDecode.scaleRows(type, elements);
      this.passElements = type.isScaled() ? TileLayout.paddedDim(type, elements) : elements;
      this.query = new float[Math.ceilDiv(heads, HEADS) * passElements * HEADS];
      this.firstScales = new float[scaleRows * TileLayout.LANES];
      this.secondScales = new float[scaleRows * TileLayout.LANES];
    }

    @Override
    public void setQuery(int head, int element, float multiplier) {
      int at = head / HEADS * passElements + TileLayout.queryElement(type, element);
      query[at * HEADS + head % HEADS] = multiplier * factor;
    }

    @Override
    public void score(
        MemorySegment memory,
        long first,
        long second,
        float[] scores,
        int firstAt,
        int secondAt,
        int headStride) {
      if (type.isScaled()) {
        float rest = TileDecode.rest(type);
        TileDecode.scales(type, memory, first, scaleRows, rest, firstScales);
        TileDecode.scales(type, memory, second, scaleRows, rest, secondScales);
      }
      for (int head = 0; head < heads; head += HEADS) {
        int a = firstAt + head * headStride;
        int b = secondAt + head * headStride;
        scorePass(memory, first, second, scores, head, a, b, headStride);
      }
    }

    private void scorePass(
        MemorySegment memory,
        long first,
        long second,
        float[] scores,
        int head,
        int a,
        int b,
        int stride) {
      int stored = Math.min(HEADS, heads - head);
      int q = head * passElements;
      int lines = passElements / 2;
      switch (type) {
        case F16 ->
            ScoreTiles.passF16(
                memory, first, second, lines, lineBytes, query, q, stored, scores, a, b, stride);
        case BF16 ->
            ScoreTiles.passBF16(
                memory, first, second, lines, lineBytes, query, q, stored, scores, a, b, stride);
        case F32 ->
            ScoreTiles.passF32(
                memory, first, second, lines, lineBytes, query, q, stored, scores, a, b, stride);
        case INT8, Q8_0 ->
            ScoreByteTiles.passInteger(
                memory,
                first + scaleBytes,
                second + scaleBytes,
                passElements / TileLayout.BYTE_PANEL_DIMS,
                lineBytes,
                query,
                q,
                stored,
                firstScales,
                secondScales,
                scaleRows == 1 ? 0 : TileLayout.LANES,
                scores,
                a,
                b,
                stride);
        case FP8_E4M3 ->
            ScoreByteTiles.passE4M3(
                memory,
                first + scaleBytes,
                second + scaleBytes,
                passElements / TileLayout.BYTE_PANEL_DIMS,
                lineBytes,
                query,
                q,
                stored,
                firstScales,
                secondScales,
                0,
                scores,
                a,
                b,
                stride);
      }
    }
  }
}
