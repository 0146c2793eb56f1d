package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
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

  private final KvType type;
  private final float factor;
  private final int paddedDim;
  private final int passes;
  private final int passFloats;
  private final Scratch[] scratch;

  VectorPagedAttention(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    super(shape, options, type, blockSize, team);
    this.type = type;
    this.factor = TileDecode.factor(type);
    this.paddedDim = TileLayout.paddedDim(shape.headDim());
    this.passes = Math.ceilDiv(shape.group(), HEADS);
    this.passFloats = HEADS * paddedDim;
    this.scratch = new Scratch[team.size()];
    for (int worker = 0; worker < scratch.length; worker++) {
      int allPasses = shape.kvHeads() * passes;
      scratch[worker] =
          new Scratch(
              allPasses, passFloats, new OnlineSoftmax(allPasses * HEADS, options.scale(), factor));
    }
  }

  /** What a worker needs for all KV heads; a pass is up to four query heads of one. */
  private static final class Scratch {
    final float[] query;
    final float[] output;
    final float[] scores;
    final float[] weights;
    final OnlineSoftmax softmax;

    Scratch(int passes, int passFloats, OnlineSoftmax softmax) {
      query = new float[passes * passFloats];
      output = new float[passes * passFloats];
      scores = new float[passes * HEADS * CHUNK];
      weights = new float[HEADS * CHUNK];
      this.softmax = softmax;
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
    Arrays.fill(own.output, 0);
    own.softmax.reset();
    Arrays.fill(own.weights, 0);
    Arrays.fill(own.scores, Float.NEGATIVE_INFINITY);
    // Pair i is tile i of the first half and tile i of the second, which may be missing at the end;
    // in a run of neighbouring blocks there are only first halves.
    boolean paired = isPaired(set);
    int gap = paired ? Math.ceilDiv(end - first, 2) : end - first;
    for (int head = firstHead; head < endHead; head++) {
      loadQuery(own, q, head);
      for (int pass = 0; pass < passes; pass++) {
        // The first keys, beside values of weight 0.
        fuse(own, cache, set, head, pass, first, first, gap, end);
      }
    }
    for (int tile = first; tile < first + gap; tile++) {
      // Past the end the last keys are scored again, from the CPU's cache, and not used.
      int ahead = Math.min(tile + 1, first + gap - 1);
      int near = set.lanes(tile);
      int far = tile + gap < end ? set.lanes(tile + gap) : 0;
      for (int head = firstHead; head < endHead; head++) {
        for (int pass = 0; pass < passes; pass++) {
          int heads = Math.min(HEADS, shape.group() - pass * HEADS);
          int slot = (head * passes + pass) * HEADS;
          mask(own, slot, heads, 0, near);
          if (paired) {
            mask(own, slot, heads, LANES, far);
          }
          softmax(own, slot, heads);
          fuse(own, cache, set, head, pass, ahead, tile, gap, end);
        }
      }
    }
    store(own, firstHead, endHead, out);
  }

  /** More than one pass is bound by arithmetic, of which a pair has less. */
  private boolean isPaired(TileSet set) {
    return passes > 1 || !set.isRun();
  }

  private void loadQuery(Scratch own, float[] q, int kvHead) {
    int headDim = shape.headDim();
    for (int head = 0; head < shape.group(); head++) {
      int from = (kvHead * shape.group() + head) * headDim;
      int to = (kvHead * passes + head / HEADS) * passFloats + head % HEADS;
      for (int line = 0; line < headDim / 2; line++) {
        int at = to + line * FusedTiles.QUERY_LINE;
        own.query[at] = q[from + 2 * line] * factor;
        own.query[at + HEADS] = q[from + 2 * line + 1] * factor;
      }
    }
  }

  /**
   * Scores the pair of key tiles from {@code keys} and weighs the pair of values at {@code values}.
   */
  private void fuse(
      Scratch own,
      PagedKvCache cache,
      TileSet set,
      int kvHead,
      int pass,
      int keys,
      int values,
      int gap,
      int end) {
    int index = kvHead * passes + pass;
    int panels = paddedDim / TileLayout.PANEL_DIMS;
    int lineBytes = TileLayout.lineBytes(type);
    int at = index * passFloats;
    int scoresAt = index * HEADS * CHUNK;
    long key = set.keyTile(kvHead, keys);
    long value = set.keyTile(kvHead, values) + cache.valueDistance();
    if (!isPaired(set)) {
      switch (type) {
        case F16 ->
            FusedTiles.passF16(
                cache.memory(),
                key,
                value,
                panels,
                lineBytes,
                own.query,
                at,
                own.weights,
                own.output,
                at,
                own.scores,
                scoresAt,
                CHUNK);
        case BF16 ->
            FusedTiles.passBF16(
                cache.memory(),
                key,
                value,
                panels,
                lineBytes,
                own.query,
                at,
                own.weights,
                own.output,
                at,
                own.scores,
                scoresAt,
                CHUNK);
        case F32 ->
            FusedTiles.passF32(
                cache.memory(),
                key,
                value,
                panels,
                lineBytes,
                own.query,
                at,
                own.weights,
                own.output,
                at,
                own.scores,
                scoresAt,
                CHUNK);
      }
      return;
    }
    long farKey = set.keyTile(kvHead, Math.min(keys + gap, end - 1));
    long farValue = set.keyTile(kvHead, Math.min(values + gap, end - 1)) + cache.valueDistance();
    switch (type) {
      case F16 ->
          FusedTilePairs.passF16(
              cache.memory(),
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              own.weights,
              own.output,
              at,
              own.scores,
              scoresAt,
              CHUNK);
      case BF16 ->
          FusedTilePairs.passBF16(
              cache.memory(),
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              own.weights,
              own.output,
              at,
              own.scores,
              scoresAt,
              CHUNK);
      case F32 ->
          FusedTilePairs.passF32(
              cache.memory(),
              key,
              farKey,
              value,
              farValue,
              panels,
              lineBytes,
              own.query,
              at,
              own.weights,
              own.output,
              at,
              own.scores,
              scoresAt,
              CHUNK);
    }
  }

  /** Gives the tokens of a tile that are not in the set a score of −∞, hence a weight of 0. */
  private void mask(Scratch own, int slot, int heads, int at, int lanes) {
    if (TileSet.isFull(lanes)) {
      return;
    }
    for (int head = 0; head < heads; head++) {
      for (int lane = 0; lane < LANES; lane++) {
        if ((lanes >> lane & 1) == 0) {
          own.scores[(slot + head) * CHUNK + at + lane] = Float.NEGATIVE_INFINITY;
        }
      }
    }
  }

  /** Turns the scores of a pass into weights. */
  private void softmax(Scratch own, int slot, int heads) {
    for (int h = 0; h < heads; h++) {
      int head = slot + h;
      if (options.hasSoftCap()) {
        cap(own, head * CHUNK);
      }
      float decay = own.softmax.weigh(head, own.scores, head * CHUNK, own.weights, h * CHUNK);
      if (decay != 1) {
        for (int i = head * paddedDim; i < (head + 1) * paddedDim; i++) {
          own.output[i] *= decay;
        }
      }
    }
  }

  /** Replaces scores by those whose scaled values are capped; −∞ stays. */
  private void cap(Scratch own, int start) {
    float toCap = (float) (options.scale() / options.softCap());
    float back = (float) (options.softCap() / options.scale());
    for (int i = start; i < start + CHUNK; i += Species.FLOATS) {
      FloatVector score = FloatVector.fromArray(Species.FLOAT, own.scores, i);
      VectorExp.tanh(score.mul(toCap))
          .mul(back)
          .blend(score, score.compare(VectorOperators.EQ, Float.NEGATIVE_INFINITY))
          .intoArray(own.scores, i);
    }
  }

  private void store(Scratch own, int firstHead, int endHead, AttentionState out) {
    int headDim = shape.headDim();
    for (int to = firstHead * shape.group(); to < endHead * shape.group(); to++) {
      int head = to / shape.group() * passes * HEADS + to % shape.group();
      float inverse = (float) (1 / own.softmax.sum(head));
      for (int dim = 0; dim < headDim; dim++) {
        out.output()[to * headDim + dim] = own.output[head * paddedDim + dim] * inverse;
      }
      out.lse()[to] = own.softmax.lse(head);
    }
  }
}
