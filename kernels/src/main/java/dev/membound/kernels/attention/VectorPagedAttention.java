package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention a chunk of tiles at a time: the softmax of a chunk's scores, then one {@linkplain
 * FusedTiles fused} pass that weighs the chunk's values and scores the next chunk's keys. A chunk
 * is a tile where blocks are neighbours, else a {@linkplain FusedTilePairs pair}.
 */
final class VectorPagedAttention extends PagedAttention {
  private static final int LANES = TileLayout.LANES;
  private static final int CHUNK = OnlineSoftmax.CHUNK;
  private static final int HEADS = FusedTiles.HEADS;
  private static final int PASS_SCORES = HEADS * CHUNK;

  private final KvType type;
  private final float factor;
  private final int paddedDim;
  private final int scaleRows;
  private final int scaleBytes;
  private final int passes;
  private final int passFloats;
  private final Scratch[] scratch;

  VectorPagedAttention(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    super(shape, options, type, blockSize, team);
    this.type = type;
    this.factor = TileDecode.factor(type);
    this.paddedDim = TileLayout.paddedDim(type, shape.headDim());
    this.scaleRows = TileDecode.scaleRows(type, shape.headDim());
    this.scaleBytes = TileLayout.scaleBytes(type, shape.headDim());
    this.passes = Math.ceilDiv(shape.group(), HEADS);
    this.passFloats = HEADS * paddedDim;
    this.scratch = new Scratch[team.size()];
    for (int worker = 0; worker < scratch.length; worker++) {
      int allPasses = shape.kvHeads() * passes;
      scratch[worker] =
          new Scratch(
              allPasses,
              passFloats,
              scaleRows,
              new OnlineSoftmax(allPasses * HEADS, options.scale(), factor));
    }
  }

  /**
   * What a worker needs for all KV heads; a pass is up to four query heads of one. Scores and
   * weights exist twice, for a step and the next.
   */
  private static final class Scratch {
    final float[] query;
    final float[] output;
    final float[][] scores;
    final float[][] weights;
    final float[] keyScales;
    final float[] valueScales;
    final float[] scaledWeights;
    final OnlineSoftmax softmax;

    Scratch(int passes, int passFloats, int scaleRows, OnlineSoftmax softmax) {
      query = new float[passes * passFloats];
      output = new float[passes * passFloats];
      scores = new float[2][passes * PASS_SCORES];
      weights = new float[2][passes * PASS_SCORES];
      keyScales = new float[scaleRows * LANES];
      valueScales = new float[scaleRows * LANES];
      scaledWeights = new float[HEADS * scaleRows * LANES];
      this.softmax = softmax;
    }

    void reset() {
      Arrays.fill(output, 0);
      softmax.reset();
      for (int parity = 0; parity < 2; parity++) {
        Arrays.fill(weights[parity], 0);
        Arrays.fill(scores[parity], Float.NEGATIVE_INFINITY);
      }
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
    own.reset();
    // Pair i is tile i of the first half and tile i of the second, which may be missing at the end;
    // in a run of neighbouring blocks there are only first halves.
    boolean paired = isPaired(set);
    int width = paired ? CHUNK : LANES;
    int gap = paired ? Math.ceilDiv(end - first, 2) : end - first;
    int last = first + gap - 1;
    for (int head = firstHead; head < endHead; head++) {
      loadQuery(own, q, head);
    }
    // Keys are two chunks ahead of the values: between them is time for the softmax.
    for (int step = first; step <= last + 2; step++) {
      int scored = step - 1;
      int keys = Math.min(step, last); // past the end: from the CPU's cache, and not used
      int values = Math.max(step - 2, first); // before the start: with weights of 0
      int near = 0;
      int far = 0;
      if (scored >= first && scored <= last) {
        near = set.lanes(scored);
        far = scored + gap < end ? set.lanes(scored + gap) : 0;
      }
      for (int head = firstHead; head < endHead; head++) {
        for (int pass = 0; pass < passes; pass++) {
          int index = head * passes + pass;
          if (near != 0) {
            int heads = Math.min(HEADS, shape.group() - pass * HEADS);
            float[] scores = own.scores[scored & 1];
            mask(scores, index, heads, 0, near);
            if (paired) {
              mask(scores, index, heads, LANES, far);
            }
            softmax(own, index, heads, scored & 1, width);
          }
          float[] scores = own.scores[step & 1];
          float[] weights = own.weights[step & 1];
          long key = set.keyTile(head, keys);
          long value = set.keyTile(head, values) + cache.valueDistance();
          if (paired) {
            long farKey = set.keyTile(head, Math.min(keys + gap, end - 1));
            long farValue =
                set.keyTile(head, Math.min(values + gap, end - 1)) + cache.valueDistance();
            fusePair(own, cache, index, key, farKey, value, farValue, scores, weights);
          } else {
            fuse(own, cache, index, key, value, scores, weights);
          }
        }
      }
    }
    store(own, firstHead, endHead, out);
  }

  /** More than one pass is bound by arithmetic, of which a pair has less. */
  private boolean isPaired(TileSet set) {
    return !type.isScaled() && (passes > 1 || !set.isRun());
  }

  private void loadQuery(Scratch own, float[] q, int kvHead) {
    int headDim = shape.headDim();
    for (int head = 0; head < shape.group(); head++) {
      int from = (kvHead * shape.group() + head) * headDim;
      int to = (kvHead * passes + head / HEADS) * passFloats + head % HEADS;
      for (int dim = 0; dim < headDim; dim++) {
        own.query[to + TileLayout.queryElement(type, dim) * HEADS] = q[from + dim] * factor;
      }
    }
  }

  /** Scores a key tile and weighs a value tile. */
  private void fuse(
      Scratch own,
      PagedKvCache cache,
      int index,
      long key,
      long value,
      float[] scores,
      float[] weights) {
    MemorySegment memory = cache.memory();
    int panels = paddedDim / TileLayout.PANEL_DIMS;
    int lineBytes = TileLayout.lineBytes(type);
    int at = index * passFloats;
    int s = index * PASS_SCORES;
    float[] q = own.query;
    float[] o = own.output;
    switch (type) {
      case F16 ->
          FusedTiles.passF16(
              memory, key, value, panels, lineBytes, q, at, weights, s, o, at, scores, s, CHUNK);
      case BF16 ->
          FusedTiles.passBF16(
              memory, key, value, panels, lineBytes, q, at, weights, s, o, at, scores, s, CHUNK);
      case F32 ->
          FusedTiles.passF32(
              memory, key, value, panels, lineBytes, q, at, weights, s, o, at, scores, s, CHUNK);
      case INT8, FP8_E4M3, Q8_0 -> fuseBytes(own, memory, index, key, value, scores, weights);
    }
  }

  private void fuseBytes(
      Scratch own,
      MemorySegment memory,
      int index,
      long key,
      long value,
      float[] scores,
      float[] weights) {
    int rows = scaleRows;
    int stride = rows == 1 ? 0 : LANES;
    TileDecode.scales(type, memory, key, rows, TileDecode.rest(type), own.keyScales);
    TileDecode.scales(type, memory, value, rows, 1, own.valueScales);
    int s = index * PASS_SCORES;
    for (int head = 0; head < HEADS; head++) {
      TileDecode.scaleWeights(
          weights, s + head * CHUNK, own.valueScales, rows, own.scaledWeights, head * rows * LANES);
    }
    int panels = paddedDim / TileLayout.BYTE_PANEL_DIMS;
    int lineBytes = TileLayout.lineBytes(type);
    int at = index * passFloats;
    long keyLines = key + scaleBytes;
    long valueLines = value + scaleBytes;
    float[] q = own.query;
    float[] keyScales = own.keyScales;
    float[] p = own.scaledWeights;
    float[] o = own.output;
    if (type == KvType.FP8_E4M3) {
      ByteTiles.scoreE4M3(
          memory, keyLines, panels, lineBytes, q, at, keyScales, stride, scores, s, CHUNK);
      ByteTiles.weighE4M3(memory, valueLines, panels, lineBytes, p, rows * LANES, stride, o, at);
    } else {
      ByteTiles.scoreInteger(
          memory, keyLines, panels, lineBytes, q, at, keyScales, stride, scores, s, CHUNK);
      ByteTiles.weighInteger(memory, valueLines, panels, lineBytes, p, rows * LANES, stride, o, at);
    }
  }

  /** As {@link #fuse} for two tiles of each. */
  private void fusePair(
      Scratch own,
      PagedKvCache cache,
      int index,
      long key,
      long farKey,
      long value,
      long farValue,
      float[] scores,
      float[] weights) {
    MemorySegment memory = cache.memory();
    int panels = paddedDim / TileLayout.PANEL_DIMS;
    int lineBytes = TileLayout.lineBytes(type);
    int at = index * passFloats;
    int s = index * PASS_SCORES;
    switch (type) {
      case F16 ->
          FusedTilePairs.passF16(
              memory,
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              weights,
              s,
              own.output,
              at,
              scores,
              s,
              CHUNK);
      case BF16 ->
          FusedTilePairs.passBF16(
              memory,
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              weights,
              s,
              own.output,
              at,
              scores,
              s,
              CHUNK);
      case F32 ->
          FusedTilePairs.passF32(
              memory,
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              weights,
              s,
              own.output,
              at,
              scores,
              s,
              CHUNK);
      case INT8, FP8_E4M3, Q8_0 -> throw new IllegalStateException(type + " has no pairs");
    }
  }

  /** Gives the tokens of a tile that are not in the set a score of −∞, hence a weight of 0. */
  private static void mask(float[] scores, int index, int heads, int at, int lanes) {
    if (TileSet.isFull(lanes)) {
      return;
    }
    for (int head = 0; head < heads; head++) {
      for (int lane = 0; lane < LANES; lane++) {
        if ((lanes >> lane & 1) == 0) {
          scores[index * PASS_SCORES + head * CHUNK + at + lane] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  /** Turns the scores of a pass into weights. */
  private void softmax(Scratch own, int index, int heads, int parity, int width) {
    float[] scores = own.scores[parity];
    float[] weights = own.weights[parity];
    for (int h = 0; h < heads; h++) {
      int at = index * PASS_SCORES + h * CHUNK;
      int head = index * HEADS + h;
      if (options.hasSoftCap()) {
        cap(scores, at, width);
      }
      float decay = own.softmax.weigh(head, scores, at, weights, at, width);
      if (decay != 1) {
        scale(own.output, head * paddedDim, paddedDim, decay);
        scale(own.weights[1 - parity], at, CHUNK, decay); // not yet added to the output
      }
    }
  }

  private static void scale(float[] values, int from, int count, float by) {
    for (int i = from; i < from + count; i++) {
      values[i] *= by;
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
    for (int to = firstHead * shape.group(); to < endHead * shape.group(); to++) {
      int head = to / shape.group() * passes * HEADS + to % shape.group();
      float inverse = (float) (TileDecode.rest(type) / own.softmax.sum(head));
      for (int dim = 0; dim < headDim; dim++) {
        out.output()[to * headDim + dim] = own.output[head * paddedDim + dim] * inverse;
      }
      out.lse()[to] = own.softmax.lse(head);
    }
  }
}
