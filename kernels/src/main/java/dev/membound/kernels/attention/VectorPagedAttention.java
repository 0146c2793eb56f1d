package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Attention a chunk of tiles at a time: the softmax of a chunk's scores, then one {@linkplain
 * FusedTiles fused} pass that weighs the chunk's values and scores the next chunk's keys.
 *
 * <p>Tiles are looked up in the block table one by one, which costs nothing beside 16 tokens of
 * arithmetic; neighbouring blocks are contiguous in memory, so a table of neighbours reads as two
 * sequential streams.
 */
final class VectorPagedAttention extends PagedAttention {
  private static final int CHUNK_TILES = 4;
  private static final int CHUNK = CHUNK_TILES * TileLayout.LANES;
  private static final int HEADS = FusedTiles.HEADS;
  private static final double LOG2_E = 1 / Math.log(2);

  private final TileDecode decode;
  private final int paddedDim;
  private final int passes;
  private final int queryFloats;
  private final int outputFloats;
  private final Scratch[] scratch;

  VectorPagedAttention(AttentionShape shape, KvType type, int blockSize, WorkerTeam team) {
    super(shape, type, blockSize, team);
    this.decode = TileDecode.of(type);
    this.paddedDim = TileLayout.paddedDim(shape.headDim());
    this.passes = Math.ceilDiv(shape.group(), HEADS);
    this.queryFloats = HEADS * paddedDim;
    this.outputFloats = HEADS * paddedDim;
    this.scratch = new Scratch[team.size()];
    for (int worker = 0; worker < scratch.length; worker++) {
      scratch[worker] = new Scratch(passes, queryFloats, outputFloats);
    }
  }

  /** What a worker needs for one KV head; a pass is four query heads. */
  private static final class Scratch {
    final float[] query;
    final float[] scores;
    final float[] weights;
    final float[] output;
    final float[] max; // base 2
    final double[] sum;

    Scratch(int passes, int queryFloats, int outputFloats) {
      query = new float[passes * queryFloats];
      scores = new float[passes * HEADS * CHUNK];
      weights = new float[passes * HEADS * CHUNK];
      output = new float[passes * outputFloats];
      max = new float[passes * HEADS];
      sum = new double[passes * HEADS];
    }
  }

  @Override
  void attendTiles(
      int worker,
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      int kvHead,
      int first,
      int end,
      AttentionState out) {
    Scratch own = scratch[worker];
    loadQuery(own, q, kvHead);
    Arrays.fill(own.output, 0);
    Arrays.fill(own.weights, 0);
    Arrays.fill(own.max, Float.NEGATIVE_INFINITY);
    Arrays.fill(own.sum, 0);
    // The first chunk's keys, beside values of weight 0.
    for (int i = 0; i < CHUNK_TILES && first + i < end; i++) {
      fuse(own, cache, table, kvHead, first + i, first + i, i);
    }
    for (int tile = first; tile < end; tile += CHUNK_TILES) {
      int tiles = Math.min(CHUNK_TILES, end - tile);
      maskPadding(own, cache, table, tile, tiles);
      for (int head = 0; head < shape.group(); head++) {
        softmax(own, head, tiles * TileLayout.LANES);
      }
      for (int i = 0; i < tiles; i++) {
        // Past the end the last keys are scored again, from the cache, and not used.
        int ahead = Math.min(tile + CHUNK_TILES + i, end - 1);
        fuse(own, cache, table, kvHead, ahead, tile + i, i);
      }
    }
    store(own, kvHead, out);
  }

  private void loadQuery(Scratch own, float[] q, int kvHead) {
    int headDim = shape.headDim();
    for (int head = 0; head < shape.group(); head++) {
      int from = (kvHead * shape.group() + head) * headDim;
      int to = head / HEADS * queryFloats + head % HEADS;
      for (int line = 0; line < headDim / 2; line++) {
        int at = to + line * FusedTiles.QUERY_LINE;
        own.query[at] = q[from + 2 * line] * decode.factor();
        own.query[at + HEADS] = q[from + 2 * line + 1] * decode.factor();
      }
    }
  }

  private void fuse(
      Scratch own,
      PagedKvCache cache,
      BlockTable table,
      int kvHead,
      int keyTile,
      int valueTile,
      int slot) {
    long key = cache.keyTile(table, kvHead, keyTile);
    long value = cache.keyTile(table, kvHead, valueTile) + cache.regionBytes();
    int panels = paddedDim / TileLayout.PANEL_DIMS;
    for (int pass = 0; pass < passes; pass++) {
      int p = pass * HEADS * CHUNK + slot * TileLayout.LANES;
      if (decode.isTwoByte()) {
        FusedTiles.pass2Byte(
            cache.memory(),
            key,
            value,
            panels,
            decode.lineBytes(),
            decode.shift(),
            decode.mask(),
            own.query,
            pass * queryFloats,
            own.weights,
            p,
            own.output,
            pass * outputFloats,
            own.scores,
            CHUNK);
      } else {
        FusedTiles.pass4Byte(
            cache.memory(),
            key,
            value,
            panels,
            decode.lineBytes(),
            own.query,
            pass * queryFloats,
            own.weights,
            p,
            own.output,
            pass * outputFloats,
            own.scores,
            CHUNK);
      }
    }
  }

  private void maskPadding(Scratch own, PagedKvCache cache, BlockTable table, int tile, int tiles) {
    for (int i = 0; i < tiles; i++) {
      int tokens = cache.tokensOfTile(table, tile + i);
      if (tokens < TileLayout.LANES) {
        for (int head = 0; head < shape.group(); head++) {
          int start = head * CHUNK + i * TileLayout.LANES;
          Arrays.fill(
              own.scores, start + tokens, start + TileLayout.LANES, Float.NEGATIVE_INFINITY);
        }
      }
    }
  }

  /** Turns a head's scores into weights relative to its maximum so far. */
  private void softmax(Scratch own, int head, int count) {
    int start = head * CHUNK;
    float toBase2 = (float) (scale * LOG2_E);
    FloatVector largest = FloatVector.broadcast(Species.FLOAT, Float.NEGATIVE_INFINITY);
    for (int i = start; i < start + count; i += Species.FLOATS) {
      largest = largest.max(FloatVector.fromArray(Species.FLOAT, own.scores, i));
    }
    float max = largest.reduceLanes(VectorOperators.MAX) * toBase2;
    if (max > own.max[head]) {
      rescale(own, head, max);
    }
    max = own.max[head];
    FloatVector sum = FloatVector.zero(Species.FLOAT);
    FloatVector minusMax = FloatVector.broadcast(Species.FLOAT, -max);
    FloatVector base2 = FloatVector.broadcast(Species.FLOAT, toBase2);
    for (int i = start; i < start + count; i += Species.FLOATS) {
      FloatVector score = FloatVector.fromArray(Species.FLOAT, own.scores, i);
      FloatVector weight = VectorExp.exp2(score.fma(base2, minusMax));
      sum = sum.add(weight);
      weight.mul(decode.factor()).intoArray(own.weights, i);
    }
    own.sum[head] += sum.reduceLanes(VectorOperators.ADD);
  }

  /** A new maximum: what was summed so far weighs less. Rare after the first chunks. */
  private void rescale(Scratch own, int head, float max) {
    double decay = Math.exp(((double) own.max[head] - max) / LOG2_E);
    own.max[head] = max;
    own.sum[head] *= decay;
    int start = head / HEADS * outputFloats + head % HEADS * paddedDim;
    for (int i = start; i < start + paddedDim; i++) {
      own.output[i] *= (float) decay;
    }
  }

  private void store(Scratch own, int kvHead, AttentionState out) {
    int headDim = shape.headDim();
    for (int head = 0; head < shape.group(); head++) {
      int from = head / HEADS * outputFloats + head % HEADS * paddedDim;
      int to = kvHead * shape.group() + head;
      float inverse = (float) (1 / own.sum[head]);
      for (int dim = 0; dim < headDim; dim++) {
        out.output()[to * headDim + dim] = own.output[from + dim] * inverse;
      }
      out.lse()[to] = own.max[head] / LOG2_E + Math.log(own.sum[head]);
    }
  }
}
