package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import java.util.Arrays;

/** The textbook: online softmax, token by token, in double precision. */
final class ScalarPagedAttention extends PagedAttention {
  private final double[][] weighted;

  ScalarPagedAttention(AttentionShape shape, KvType type, int blockSize, WorkerTeam team) {
    super(shape, type, blockSize, team);
    this.weighted = new double[team.size()][shape.headDim()];
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
    int start = cache.firstToken(table, first);
    int stop = cache.firstToken(table, end - 1) + cache.tokensOfTile(table, end - 1);
    int group = shape.group();
    for (int head = kvHead * group; head < (kvHead + 1) * group; head++) {
      attendHead(weighted[worker], q, cache, table, kvHead, head, start, stop, out);
    }
  }

  private void attendHead(
      double[] o,
      float[] q,
      PagedKvCache cache,
      BlockTable table,
      int kvHead,
      int head,
      int start,
      int stop,
      AttentionState out) {
    int headDim = shape.headDim();
    Arrays.fill(o, 0);
    double max = Double.NEGATIVE_INFINITY;
    double sum = 0;
    for (int token = start; token < stop; token++) {
      double logit = 0;
      for (int dim = 0; dim < headDim; dim++) {
        logit += (double) q[head * headDim + dim] * cache.key(table, token, kvHead, dim);
      }
      logit *= scale;
      double newMax = Math.max(max, logit);
      double decay = Math.exp(max - newMax);
      double weight = Math.exp(logit - newMax);
      for (int dim = 0; dim < headDim; dim++) {
        o[dim] = o[dim] * decay + weight * cache.value(table, token, kvHead, dim);
      }
      sum = sum * decay + weight;
      max = newMax;
    }
    for (int dim = 0; dim < headDim; dim++) {
      out.output()[head * headDim + dim] = (float) (o[dim] / sum);
    }
    out.lse()[head] = max + Math.log(sum);
  }
}
