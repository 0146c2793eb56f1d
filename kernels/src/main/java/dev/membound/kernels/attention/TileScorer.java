package dev.membound.kernels.attention;

import dev.membound.kernels.provider.KernelProvider;
import java.lang.foreign.MemorySegment;

/**
 * Scores tiles of 16 lanes against the query heads of a group: {@code score(head, lane) = Σ over
 * lines of first·qFirst + second·qSecond}. With keys a lane is a token and a pair two dimensions;
 * with page bounds a lane is a page and a pair its maximum and minimum in one dimension.
 *
 * <p>Every score differs from the exact sum by at most {@code (2·lines + 2) · 2⁻²⁴ · Σ|terms|}. Not
 * safe for several threads: a worker has its own.
 */
public abstract sealed class TileScorer {
  final KvType type;
  final int lines;
  final int heads;

  private TileScorer(KvType type, int lines, int heads) {
    this.type = type;
    this.lines = lines;
    this.heads = heads;
  }

  /**
   * A scorer with this process's {@linkplain KernelProvider provider}.
   *
   * @param lines lines of a tile
   * @param heads query heads, at least 1
   */
  public static TileScorer create(KvType type, int lines, int heads) {
    if (lines < 1 || heads < 1) {
      throw new IllegalArgumentException(
          "scoring needs lines and heads, not " + lines + " and " + heads);
    }
    return KernelProvider.current().isVectorised()
        ? new Vector(type, lines, heads)
        : new Scalar(type, lines, heads);
  }

  /** Sets what a line's pair is multiplied by. */
  public abstract void setQuery(int head, int line, float first, float second);

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

    Scalar(KvType type, int lines, int heads) {
      super(type, lines, heads);
      this.query = new float[heads * lines * 2];
    }

    @Override
    public void setQuery(int head, int line, float first, float second) {
      query[(head * lines + line) * 2] = first;
      query[(head * lines + line) * 2 + 1] = second;
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
      for (int line = 0; line < lines; line++) {
        int at = (head * lines + line) * 2;
        sum += (double) query[at] * TileLayout.load(type, memory, tile, line, lane, false);
        sum += (double) query[at + 1] * TileLayout.load(type, memory, tile, line, lane, true);
      }
      return sum;
    }
  }

  private static final class Vector extends TileScorer {
    private static final int HEADS = FusedTiles.HEADS;

    private final float factor;
    private final int lineBytes;
    private final int passFloats;
    private final float[] query;

    Vector(KvType type, int lines, int heads) {
      super(type, lines, heads);
      this.factor = TileDecode.factor(type);
      this.lineBytes = TileLayout.lineBytes(type);
      this.passFloats = lines * FusedTiles.QUERY_LINE;
      this.query = new float[Math.ceilDiv(heads, HEADS) * passFloats];
    }

    @Override
    public void setQuery(int head, int line, float first, float second) {
      int at = head / HEADS * passFloats + line * FusedTiles.QUERY_LINE + head % HEADS;
      query[at] = first * factor;
      query[at + HEADS] = second * factor;
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
      for (int head = 0; head < heads; head += HEADS) {
        int stored = Math.min(HEADS, heads - head);
        int q = head / HEADS * passFloats;
        int a = firstAt + head * headStride;
        int b = secondAt + head * headStride;
        switch (type) {
          case F16 ->
              ScoreTiles.passF16(
                  memory,
                  first,
                  second,
                  lines,
                  lineBytes,
                  query,
                  q,
                  stored,
                  scores,
                  a,
                  b,
                  headStride);
          case BF16 ->
              ScoreTiles.passBF16(
                  memory,
                  first,
                  second,
                  lines,
                  lineBytes,
                  query,
                  q,
                  stored,
                  scores,
                  a,
                  b,
                  headStride);
          case F32 ->
              ScoreTiles.passF32(
                  memory,
                  first,
                  second,
                  lines,
                  lineBytes,
                  query,
                  q,
                  stored,
                  scores,
                  a,
                  b,
                  headStride);
        }
      }
    }
  }
}
