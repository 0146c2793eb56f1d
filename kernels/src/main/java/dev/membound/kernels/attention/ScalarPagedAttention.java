package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import java.util.Arrays;

/** The textbook: online softmax, token by token, in double precision. */
final class ScalarPagedAttention extends PagedAttention {
  private final double[][] weighted;

  ScalarPagedAttention(
      AttentionShape shape, AttentionOptions options, KvType type, int blockSize, WorkerTeam team) {
    super(shape, options, type, blockSize, team);
    this.weighted = new double[team.size()][shape.headDim()];
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
    int group = shape.group();
    for (int head = firstHead * group; head < endHead * group; head++) {
      attendHead(weighted[worker], q, cache, set, head, first, end, out);
    }
  }

  private void attendHead(
      double[] o,
      float[] q,
      PagedKvCache cache,
      TileSet set,
      int head,
      int first,
      int end,
      AttentionState out) {
    int headDim = shape.headDim();
    int kvHead = head / shape.group();
    Arrays.fill(o, 0);
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    for (int tile = first; tile < end; tile++) {
      int lanes = set.lanes(tile);
      for (int lane = 0; lane < TileLayout.LANES; lane++) {
        if ((lanes >> lane & 1) == 0) {
          continue;
        }
        int token = set.firstToken(tile) + lane;
        double logit = logit(q, cache, set.table(), kvHead, head, token);
        double newMax = Math.max(max, logit);
        double decay = Math.exp(max - newMax);
        double weight = Math.exp(logit - newMax);
        for (int dim = 0; dim < headDim; dim++) {
          o[dim] = o[dim] * decay + weight * cache.value(set.table(), token, kvHead, dim);
        }
        sum = sum * decay + weight;
        max = newMax;
      }
    }
    for (int dim = 0; dim < headDim; dim++) {
      out.output()[head * headDim + dim] = (float) (o[dim] / sum);
    }
    out.lse()[head] = max + Math.log(sum);
  }

  private double logit(
      float[] q, PagedKvCache cache, BlockTable table, int kvHead, int head, int token) {
    int headDim = shape.headDim();
    double score = 0;
    for (int dim = 0; dim < headDim; dim++) {
      score += (double) q[head * headDim + dim] * cache.key(table, token, kvHead, dim);
    }
    double logit = options.scale() * score;
    return options.hasSoftCap() ? options.softCap() * Math.tanh(logit / options.softCap()) : logit;
  }
}
