package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention over runs of neighbouring blocks and over scattered ones.
 *
 * <p>A run is read as two streams, the halves of its tiles: all keys of a chunk of {@value
 * #CHUNK_PAIRS} pairs of tiles are scored, then all its values weighed. Chunks are long because
 * whatever stops the streams, even another pair of streams, costs about a microsecond until the
 * prefetchers have caught up. The halves are an odd number of tiles apart: else both would come to
 * page boundaries and memory banks together.
 *
 * <p>Groups of more than four query heads take several passes over a chunk, so theirs are short
 * enough to stay in the L2 cache.
 *
 * <p>Scattered tiles have no streams. Four of them, two of keys and two of values, are read
 * {@linkplain FusedTilePairs line by line beside each other}, so that the waits for new pages
 * coincide.
 */
final class VectorPagedAttention extends PagedAttention {
  private static final int LANES = TileLayout.LANES;
  private static final int HEADS = ScoreTiles.HEADS;
  private static final int PAIR = WeighTiles.PAIR;
  private static final int PAIR_WEIGHTS = WeighTiles.PAIR_WEIGHTS;
  private static final int CHUNK_PAIRS = 256;

  /** Pairs of 1-byte elements that a second pass finds in the L1 cache. */
  private static final int CACHED_BYTE_PAIRS = 4;

  /** Pairs of wider elements that a second pass finds in the L2 cache: 256 or 512 KB. */
  private static final int CACHED_PAIRS = 32;

  private final KvType type;
  private final int paddedDim;
  private final int panels;
  private final int lineBytes;
  private final long tileBytes;
  private final int scaleRows;
  private final int scaleBytes;
  private final int paddedGroup;
  private final int chunkPairs;

  /** Floats from a chunk's weights of four heads to those of the next four. */
  private final int passWeights;

  private final Scratch[] scratch;

  VectorPagedAttention(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    super(shape, options, type, blockSize, team);
    this.type = type;
    this.paddedDim = TileLayout.paddedDim(type, shape.headDim());
    this.panels = paddedDim / TileLayout.panelDims(type);
    this.lineBytes = TileLayout.lineBytes(type);
    this.tileBytes = TileLayout.tileBytes(type, shape.headDim());
    this.scaleRows = TileDecode.scaleRows(type, shape.headDim());
    this.scaleBytes = TileLayout.scaleBytes(type, shape.headDim());
    this.paddedGroup = Math.ceilDiv(shape.group(), HEADS) * HEADS;
    this.chunkPairs = paddedGroup == HEADS ? CHUNK_PAIRS : cachedPairs(type);
    this.passWeights = chunkPairs * PAIR_WEIGHTS;
    this.scratch = new Scratch[team.size()];
    for (int worker = 0; worker < scratch.length; worker++) {
      scratch[worker] = new Scratch();
    }
  }

  private static int cachedPairs(KvType type) {
    return type.isScaled() ? CACHED_BYTE_PAIRS : CACHED_PAIRS;
  }

  /** What a worker needs; query heads are padded to whole passes of four for each KV head. */
  private final class Scratch {
    final int heads = shape.kvHeads() * paddedGroup;
    final float[] output = new float[heads * paddedDim];
    final OnlineSoftmax softmax =
        new OnlineSoftmax(heads, options.scale(), TileDecode.factor(type));

    // Runs.
    final TileScorer.Vector[] scorers = new TileScorer.Vector[shape.kvHeads()];
    final float[] weights = new float[paddedGroup / HEADS * passWeights];
    final long[] tiles = new long[2 * chunkPairs];

    // A pair of Q8_0.
    final float[] scales = new float[scaleRows * LANES];
    final float[] blockWeights = new float[type == KvType.Q8_0 ? scaleRows * PAIR_WEIGHTS : 0];
    final long[] two = new long[2];

    // Scattered tiles: the scores that come, and the weights in use.
    final float[] query = new float[heads * paddedDim];
    final float[][] pairWeights = new float[2][heads * PAIR];

    /** Keeps reads whose only purpose is to fetch. */
    int fetched;

    Scratch() {
      Arrays.setAll(scorers, head -> new TileScorer.Vector(type, shape.headDim(), shape.group()));
    }
  }

  @Override
  void attendTiles(
      int worker,
      float[] q,
      PagedKvCache cache,
      TileSet set,
      int firstHead,
      int endHead,
      int first,
      int end,
      AttentionState out) {
    Scratch own = scratch[worker];
    int from = firstHead * paddedGroup;
    int to = endHead * paddedGroup;
    Arrays.fill(own.output, from * paddedDim, to * paddedDim, 0);
    own.softmax.reset(from, to);
    if (type.isScaled() || set.isRun()) {
      attendChunks(own, q, cache, set, firstHead, endHead, first, end);
    } else {
      attendPairs(own, q, cache, set, firstHead, endHead, first, end);
    }
    store(own, firstHead, endHead, out);
  }

  private void attendChunks(
      Scratch own,
      float[] q,
      PagedKvCache cache,
      TileSet set,
      int firstHead,
      int endHead,
      int first,
      int end) {
    for (int head = firstHead; head < endHead; head++) {
      loadQuery(own.scorers[head], q, head);
    }
    int gap = gap(first, end);
    int nearEnd = first + Math.min(gap, end - first);
    for (int from = first; from < nearEnd; from += chunkPairs) {
      int pairs = Math.min(chunkPairs, nearEnd - from);
      for (int head = firstHead; head < endHead; head++) {
        for (int i = 0; i < pairs; i++) { // the far tile may be missing: the last is read instead
          own.tiles[2 * i] = set.keyTile(head, from + i);
          own.tiles[2 * i + 1] = set.keyTile(head, Math.min(from + i + gap, end - 1));
        }
        own.scorers[head].scorePairs(cache.memory(), own.tiles, pairs, own.weights, passWeights);
        for (int i = 0; i < pairs; i++) {
          int far = from + i + gap;
          int at = i * PAIR_WEIGHTS;
          mask(own.weights, at, passWeights, set.lanes(from + i));
          mask(own.weights, at + LANES, passWeights, far < end ? set.lanes(far) : 0);
          own.tiles[2 * i] += cache.valueDistance();
          own.tiles[2 * i + 1] += cache.valueDistance();
        }
        softmax(own, head, own.weights, 0, pairs, passWeights);
        weigh(own, cache.memory(), head, pairs);
      }
    }
  }

  /** Tiles from a near one to its far one. */
  private static int gap(int first, int end) {
    return Math.ceilDiv(end - first, 2) | 1;
  }

  private void loadQuery(TileScorer scorer, float[] q, int kvHead) {
    for (int head = 0; head < shape.group(); head++) {
      int from = (kvHead * shape.group() + head) * shape.headDim();
      for (int dim = 0; dim < shape.headDim(); dim++) {
        scorer.setQuery(head, dim, q[from + dim]);
      }
    }
  }

  /** Adds the weighted values of pairs of tiles to the outputs. */
  private void weigh(Scratch own, MemorySegment memory, int kvHead, int pairs) {
    long[] tiles = own.tiles;
    float[] p = own.weights;
    float[] o = own.output;
    if (scaleRows == 1) {
      for (int i = 0; i < 2 * pairs; i++) { // the misses of a short loop overlap
        own.fetched += memory.get(ValueLayout.JAVA_INT_UNALIGNED, tiles[i]);
      }
      for (int i = 0; i < 2 * pairs; i++) {
        int at = i / 2 * PAIR_WEIGHTS + i % 2 * LANES;
        for (int head = 0; head < shape.group(); head += HEADS) {
          int heads = Math.min(HEADS, shape.group() - head);
          int from = at + head / HEADS * passWeights;
          TileDecode.applyScales(memory, tiles[i], 1, p, from, heads, PAIR);
        }
      }
    }
    if (shape.group() == 1 && type != KvType.Q8_0) {
      weighOneHead(memory, tiles, pairs, p, o, kvHead * paddedGroup * paddedDim);
      return;
    }
    long base = TileLayout.address(memory, tiles, 2 * pairs, tileBytes);
    for (int head = 0; head < paddedGroup; head += HEADS) {
      int from = head / HEADS * passWeights;
      int to = (kvHead * paddedGroup + head) * paddedDim;
      switch (type) {
        case F16 -> WeighTiles.weighF16(memory, tiles, pairs, panels, lineBytes, p, from, o, to);
        case BF16 -> WeighTiles.weighBF16(memory, tiles, pairs, panels, lineBytes, p, from, o, to);
        case F32 -> WeighTiles.weighF32(memory, tiles, pairs, panels, lineBytes, p, from, o, to);
        case INT8 ->
            WeighByteTiles.weighInteger(base, tiles, pairs, scaleBytes, panels, p, from, o, to);
        case FP8_E4M3 ->
            WeighByteTiles.weighE4M3(base, tiles, pairs, scaleBytes, panels, p, from, o, to);
        case Q8_0 -> weighBlocks(own, memory, base, pairs, from, to);
      }
    }
    Reference.reachabilityFence(memory); // the loops of 1-byte types know its address only
  }

  private void weighOneHead(
      MemorySegment memory, long[] tiles, int pairs, float[] p, float[] o, int to) {
    switch (type) {
      case F16 -> WeighOneHead.f16(memory, tiles, pairs, panels, lineBytes, p, o, to);
      case BF16 -> WeighOneHead.bf16(memory, tiles, pairs, panels, lineBytes, p, o, to);
      case F32 -> WeighOneHead.f32(memory, tiles, pairs, panels, lineBytes, p, o, to);
      case INT8 ->
          WeighOneHead.integer(memory, tiles, pairs, scaleBytes, panels, lineBytes, p, o, to);
      case FP8_E4M3 ->
          WeighOneHead.e4m3(memory, tiles, pairs, scaleBytes, panels, lineBytes, p, o, to);
      case Q8_0 -> throw new IllegalStateException(type + " has scales of blocks");
    }
  }

  /** Weighs values with a scale a block of 32, which become a row of weights each. */
  private void weighBlocks(
      Scratch own, MemorySegment memory, long base, int pairs, int from, int to) {
    float[] p = own.blockWeights;
    for (int pair = 0; pair < pairs; pair++) {
      for (int i = 0; i < 2; i++) {
        own.two[i] = own.tiles[2 * pair + i];
        TileDecode.scales(memory, own.two[i], scaleRows, own.scales);
        for (int head = 0; head < HEADS; head++) {
          int at = head * PAIR + i * LANES;
          int weights = from + pair * PAIR_WEIGHTS + at;
          TileDecode.scaleWeights(own.weights, weights, own.scales, scaleRows, p, at);
        }
      }
      WeighByteTiles.weighBlocks(
          base, own.two, 1, scaleBytes, panels, p, 0, PAIR_WEIGHTS, own.output, to);
    }
  }

  private void attendPairs(
      Scratch own,
      float[] q,
      PagedKvCache cache,
      TileSet set,
      int firstHead,
      int endHead,
      int first,
      int end) {
    for (int head = firstHead; head < endHead; head++) {
      loadQuery(own, q, head);
    }
    Arrays.fill(own.pairWeights[1], 0);
    int gap = gap(first, end);
    int last = first + Math.min(gap, end - first) - 1;
    int parity = 0;
    // A pass scores a pair's keys and weighs the values of the pair before. Before the first pair
    // weights are 0, and scores after the last are not used: tiles that are near serve for both.
    for (int step = first; step <= last + 1; step++) {
      float[] scores = own.pairWeights[parity];
      float[] weights = own.pairWeights[1 - parity];
      int keys = Math.min(step, last);
      int values = Math.max(step - 1, first);
      for (int head = firstHead; head < endHead; head++) {
        long key = set.keyTile(head, keys);
        long farKey = set.keyTile(head, Math.min(keys + gap, end - 1));
        long value = set.keyTile(head, values) + cache.valueDistance();
        long farValue = set.keyTile(head, Math.min(values + gap, end - 1)) + cache.valueDistance();
        for (int i = head * paddedGroup; i < (head + 1) * paddedGroup; i += HEADS) {
          fusePair(own, cache.memory(), key, farKey, value, farValue, i, weights, scores);
        }
        if (step <= last) {
          int at = head * paddedGroup * PAIR;
          mask(scores, at, PAIR_WEIGHTS, set.lanes(step));
          mask(scores, at + LANES, PAIR_WEIGHTS, step + gap < end ? set.lanes(step + gap) : 0);
          softmax(own, head, scores, at, 1, PAIR_WEIGHTS);
        }
      }
      parity = 1 - parity;
    }
  }

  private void loadQuery(Scratch own, float[] q, int kvHead) {
    int headDim = shape.headDim();
    float factor = TileDecode.factor(type);
    for (int head = 0; head < shape.group(); head++) {
      int from = (kvHead * shape.group() + head) * headDim;
      int padded = kvHead * paddedGroup + head;
      int to = padded / HEADS * HEADS * paddedDim + head % HEADS;
      for (int dim = 0; dim < headDim; dim++) {
        own.query[to + dim * HEADS] = q[from + dim] * factor;
      }
    }
  }

  /** Scores two key tiles and weighs two value tiles for four query heads. */
  private void fusePair(
      Scratch own,
      MemorySegment memory,
      long key,
      long farKey,
      long value,
      long farValue,
      int head,
      float[] p,
      float[] s) {
    int at = head * paddedDim;
    int start = head * PAIR;
    float[] q = own.query;
    float[] o = own.output;
    switch (type) {
      case F16 ->
          FusedTilePairs.passF16(
              memory, key, farKey, value, farValue, panels, lineBytes, q, at, p, start, o, at, s,
              start, PAIR);
      case BF16 ->
          FusedTilePairs.passBF16(
              memory, key, farKey, value, farValue, panels, lineBytes, q, at, p, start, o, at, s,
              start, PAIR);
      case F32 ->
          FusedTilePairs.passF32(
              memory, key, farKey, value, farValue, panels, lineBytes, q, at, p, start, o, at, s,
              start, PAIR);
      case INT8, FP8_E4M3, Q8_0 -> throw new IllegalStateException(type + " has no pairs");
    }
  }

  /** Turns the scores of a KV head's query heads into weights. */
  private void softmax(
      Scratch own, int kvHead, float[] weights, int start, int pairs, int passStride) {
    for (int h = 0; h < shape.group(); h++) {
      int at = start + h / HEADS * passStride + h % HEADS * PAIR;
      int head = kvHead * paddedGroup + h;
      if (options.hasSoftCap()) {
        for (int i = 0; i < pairs; i++) {
          cap(weights, at + i * PAIR_WEIGHTS, PAIR);
        }
      }
      float decay = own.softmax.weigh(head, weights, at, pairs, PAIR_WEIGHTS);
      OnlineSoftmax.decay(own.output, head * paddedDim, paddedDim, decay);
    }
  }

  /** Gives the tokens of a tile that are not in the set a score of −∞, hence a weight of 0. */
  private void mask(float[] scores, int at, int passStride, int lanes) {
    if (TileSet.isFull(lanes)) {
      return;
    }
    for (int head = 0; head < shape.group(); head++) {
      int first = at + head / HEADS * passStride + head % HEADS * PAIR;
      for (int lane = 0; lane < LANES; lane++) {
        if ((lanes >> lane & 1) == 0) {
          scores[first + lane] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  /** Replaces scores by those whose scaled values are capped; −∞ stays. */
  private void cap(float[] scores, int start, int width) {
    float toCap = (float) (options.scale() / options.softCap());
    float back = (float) (options.softCap() / options.scale());
    for (int i = start; i < start + width; i += Species.FLOATS) {
      FloatVector score = FloatVector.fromArray(Species.FLOAT, scores, i);
      VectorExp.tanh(score.mul(toCap))
          .mul(back)
          .blend(score, score.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY))
          .intoArray(scores, i);
    }
  }

  private void store(Scratch own, int firstHead, int endHead, AttentionState out) {
    int headDim = shape.headDim();
    float[] weighed = own.output;
    float[] output = out.output();
    for (int to = firstHead * shape.group(); to < endHead * shape.group(); to++) {
      int head = to / shape.group() * paddedGroup + to % shape.group();
      float inverse = (float) (TileDecode.rest(type) / own.softmax.sum(head));
      for (int dim = 0; dim < headDim; dim++) {
        output[to * headDim + dim] = weighed[head * paddedDim + dim] * inverse;
      }
      out.lse()[to] = own.softmax.lse(head);
    }
  }
}
