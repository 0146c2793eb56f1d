package dev.membound.kernels.attention;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Scores tiles of 16 lanes against the query heads of a group: {@code score(head, lane) = Σ over
 * elements of element · multiplier}. With keys a lane is a token; with page bounds a lane is a page
 * and two elements are its maximum and minimum in one dimension.
 *
 * <p>Every score differs from the exact sum by at most {@code (elements + 2) · 2⁻²⁴ · Σ|terms|};
 * with INT8 by {@code 2⁻¹⁶ · scale · Σ|multipliers|} more. Not safe for several threads: a worker
 * has its own.
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
   * @param memory off the heap, holds the tiles in {@link TileLayout}, finite
   * @param first byte offset of a tile
   * @param second byte offset of the other tile
   * @param scores receives 16 scores a head: the first tile's from {@code firstAt}, the second's
   *     from {@code secondAt}, the next head's {@code headStride} further
   * @throws IndexOutOfBoundsException if a tile is not all in the memory
   */
  public abstract void score(
      MemorySegment memory,
      long first,
      long second,
      float[] scores,
      int firstAt,
      int secondAt,
      int headStride);

  /**
   * Adds to the 16 scores of each head.
   *
   * @param at of the first head's, the next head's {@code headStride} further
   * @param by one a head
   */
  public abstract void raise(float[] scores, int at, int headStride, float[] by);

  /**
   * Replaces the first head's 16 scores by the largest of all heads. NaN, which only scores beyond
   * F32's range can be, is passed over, unless all are NaN.
   *
   * @param at of the first head's, the next head's {@code headStride} further
   */
  public abstract void keepLargest(float[] scores, int at, int headStride);

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
        int row = head * headStride;
        for (int lane = 0; lane < TileLayout.LANES; lane++) {
          scores[firstAt + row + lane] = (float) dot(memory, first, head, lane);
          scores[secondAt + row + lane] = (float) dot(memory, second, head, lane);
        }
      }
    }

    @Override
    public void raise(float[] scores, int at, int headStride, float[] by) {
      for (int head = 0; head < heads; head++) {
        for (int lane = 0; lane < TileLayout.LANES; lane++) {
          scores[at + head * headStride + lane] += by[head];
        }
      }
    }

    @Override
    public void keepLargest(float[] scores, int at, int headStride) {
      for (int i = at; i < at + TileLayout.LANES; i++) {
        for (int head = 1; head < heads; head++) {
          float score = scores[i + head * headStride];
          scores[i] = score > scores[i] || Float.isNaN(scores[i]) ? score : scores[i];
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

  /** With vectors; also of many pairs in a call. */
  static final class Vector extends TileScorer {
    private final float factor;
    private final int lineBytes;
    private final int tileBytes;
    private final int panels; // of Q8_0
    private final int lines; // with those of scales
    private final int passElements;
    private final int passHeads;
    private final int[] headStart; // of a head's multipliers in the query
    private final int[] elementStart; // from there to an element's
    private final float[] query;
    private final float[] multipliers; // the query, but of INT8 what it is made of
    private boolean carried = true; // whether that has been done
    private final long[] two = new long[2];

    Vector(KvType type, int elements, int heads) {
      super(type, elements, heads);
      int lineElements = TileLayout.lineElements(type);
      this.factor = TileDecode.factor(type);
      this.lineBytes = TileLayout.lineBytes(type);
      this.panels = TileLayout.paddedDim(type, elements) / TileLayout.BYTE_PANEL_DIMS;
      // Before a tile's first element, with multipliers of 0.
      int scaleElements = TileLayout.scaleBytes(type, elements) / lineBytes * lineElements;
      this.passElements =
          scaleElements + (type.isScaled() ? TileLayout.paddedDim(type, elements) : elements);
      this.lines = passElements / lineElements;
      this.tileBytes = lines * lineBytes;
      this.passHeads = heads == 1 ? 1 : ScoreTiles.HEADS;
      this.headStart = new int[heads];
      Arrays.setAll(
          headStart, head -> head / passHeads * passElements * passHeads + head % passHeads);
      this.elementStart = new int[elements];
      Arrays.setAll(
          elementStart,
          element -> (scaleElements + TileLayout.queryElement(type, element)) * passHeads);
      this.query = new float[Math.ceilDiv(heads, passHeads) * passElements * passHeads];
      this.multipliers = type == KvType.INT8 ? new float[query.length] : query;
    }

    @Override
    public void setQuery(int head, int element, float multiplier) {
      multipliers[headStart[head] + elementStart[element]] = multiplier * factor;
      carried = multipliers == query;
    }

    /**
     * A lane of INT8 holds, besides an element, a 256th of those below it; their multipliers make
     * up for that.
     */
    private void carry() {
      int last = (Integer.BYTES - 1) * passHeads;
      for (int lane = 0; lane < query.length; lane += last + passHeads) {
        for (int i = lane; i < lane + last; i++) {
          query[i] = multipliers[i] - multipliers[i + passHeads] * 0x1p-8f;
        }
        System.arraycopy(multipliers, lane + last, query, lane + last, passHeads);
      }
      carried = true;
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
      two[0] = first;
      two[1] = second;
      for (int head = 0; head < heads; head += passHeads) {
        int row = head * headStride;
        pass(memory, two, 1, head, scores, firstAt + row, secondAt + row, 0, headStride);
      }
    }

    /**
     * Scores pairs of tiles.
     *
     * @param tiles byte offsets of two tiles for each pair
     * @param scores receives 32 scores a head and pair: first four heads, head by head the next 32,
     *     pair by pair the next {@link WeighTiles#PAIR_WEIGHTS}; then the next four heads, {@code
     *     passStride} further
     */
    void scorePairs(MemorySegment memory, long[] tiles, int pairs, float[] scores, int passStride) {
      for (int head = 0; head < heads; head += ScoreTiles.HEADS) {
        int at = head / ScoreTiles.HEADS * passStride;
        int far = at + TileLayout.LANES;
        pass(memory, tiles, pairs, head, scores, at, far, WeighTiles.PAIR_WEIGHTS, WeighTiles.PAIR);
      }
    }

    /** Scores pairs of tiles against one or up to four heads. */
    private void pass(
        MemorySegment memory,
        long[] tiles,
        int pairs,
        int head,
        float[] s,
        int at,
        int far,
        int pairStride,
        int headStride) {
      if (!carried) {
        carry();
      }
      if (type.isScaled() || passHeads == 1) {
        for (int i = 0; i < pairs; i++) {
          long a = tiles[2 * i];
          long b = tiles[2 * i + 1];
          int to = i * pairStride;
          if (passHeads == 1) {
            scoreOne(memory, a, b, s, at + to, far + to);
          } else {
            scoreBytes(memory, a, b, s, head, at + to, far + to, headStride);
          }
        }
      } else {
        scoreTiles(memory, tiles, pairs, s, head, at, far, pairStride, headStride);
      }
    }

    private void scoreOne(MemorySegment memory, long a, long b, float[] s, int at, int far) {
      switch (type) {
        case F16 -> ScoreOneHead.f16(memory, a, b, lines, lineBytes, query, s, at, far);
        case BF16 -> ScoreOneHead.bf16(memory, a, b, lines, lineBytes, query, s, at, far);
        case F32 -> ScoreOneHead.f32(memory, a, b, lines, lineBytes, query, s, at, far);
        case INT8 -> ScoreOneHead.int8(memory, a, b, lines, lineBytes, query, s, at, far);
        case FP8_E4M3 -> ScoreOneHead.e4m3(memory, a, b, lines, lineBytes, query, s, at, far);
        case Q8_0 -> ScoreOneHead.q8(memory, a, b, panels, lineBytes, query, s, at, far);
      }
    }

    private void scoreBytes(
        MemorySegment memory, long a, long b, float[] s, int head, int at, int far, int stride) {
      int n = Math.min(passHeads, heads - head);
      int q = head * passElements;
      switch (type) {
        case INT8 ->
            ScoreByteTiles.int8(memory, a, b, lines, lineBytes, query, q, n, s, at, far, stride);
        case FP8_E4M3 ->
            ScoreByteTiles.e4m3(memory, a, b, lines, lineBytes, query, q, n, s, at, far, stride);
        case Q8_0 ->
            ScoreByteTiles.q8(memory, a, b, panels, lineBytes, query, q, n, s, at, far, stride);
        default -> throw new AssertionError(type);
      }
    }

    private void scoreTiles(
        MemorySegment memory,
        long[] tiles,
        int pairs,
        float[] s,
        int head,
        int at,
        int far,
        int pairStride,
        int headStride) {
      long base = TileLayout.address(memory, tiles, 2 * pairs, tileBytes);
      int n = Math.min(passHeads, heads - head);
      int q = head * passElements;
      switch (type) {
        case F16 ->
            ScoreTiles.passF16(
                base, tiles, pairs, lines, query, q, n, s, at, far, pairStride, headStride);
        case BF16 ->
            ScoreTiles.passBF16(
                base, tiles, pairs, lines, query, q, n, s, at, far, pairStride, headStride);
        case F32 ->
            ScoreTiles.passF32(
                base, tiles, pairs, lines, query, q, n, s, at, far, pairStride, headStride);
        default -> throw new AssertionError(type);
      }
      Reference.reachabilityFence(memory); // the loops know its address only
    }

    @Override
    public void raise(float[] scores, int at, int headStride, float[] by) {
      for (int head = 0; head < heads; head++) {
        int row = at + head * headStride;
        for (int i = row; i < row + TileLayout.LANES; i += Species.FLOATS) {
          FloatVector.fromArray(Species.FLOAT, scores, i).add(by[head]).intoArray(scores, i);
        }
      }
    }

    @Override
    public void keepLargest(float[] scores, int at, int headStride) {
      for (int i = at; i < at + TileLayout.LANES; i += Species.FLOATS) {
        for (int head = 1; head < heads; head++) {
          FloatVector score = FloatVector.fromArray(Species.FLOAT, scores, i + head * headStride);
          FloatVector largest = FloatVector.fromArray(Species.FLOAT, scores, i);
          largest
              .blend(
                  score,
                  score
                      .compare(VectorOperators.GT, largest)
                      .or(largest.compare(VectorOperators.NE, largest)))
              .intoArray(scores, i);
        }
      }
    }
  }
}
