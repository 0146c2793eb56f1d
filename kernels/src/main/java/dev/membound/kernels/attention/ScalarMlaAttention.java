package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import java.util.Arrays;

/** The textbook: online softmax, token by token, in double precision. */
final class ScalarMlaAttention extends MlaAttention {
  private final float[][] decoded;
  private final double[][] weighted;

  ScalarMlaAttention(int heads, double scale, WorkerTeam team) {
    super(heads, scale, team);
    this.decoded = new float[team.size()][MlaCache.WIDTH];
    this.weighted = new double[team.size()][MlaCache.LATENT];
  }

  @Override
  void attendTokens(int worker, float[] q, int first, int end, AttentionState out) {
    float[] token = decoded[worker];
    double[] o = weighted[worker];
    for (int head = 0; head < heads; head++) {
      Arrays.fill(o, 0);
      double max = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (int i = first; i < end; i++) {
        load(i, token, 0);
        double logit = 0;
        for (int dim = 0; dim < MlaCache.WIDTH; dim++) {
          logit += (double) q[head * MlaCache.WIDTH + dim] * token[dim];
        }
        logit *= scale;
        double newMax = Math.max(max, logit);
        double decay = Math.exp(max - newMax);
        double weight = Math.exp(logit - newMax);
        for (int dim = 0; dim < o.length; dim++) {
          o[dim] = o[dim] * decay + weight * token[dim];
        }
        sum = sum * decay + weight;
        max = newMax;
      }
      for (int dim = 0; dim < o.length; dim++) {
        out.output()[head * o.length + dim] = (float) (o[dim] / sum);
      }
      out.lse()[head] = max + Math.log(sum);
    }
  }
}
