package dev.membound.peers;

import dev.membound.kernels.matrix.WeightMatrix;

/** Holds a peer's results against the textbook: what computes garbage is no baseline. */
public final class PeerCheck {
  private PeerCheck() {}

  /**
   * Multiplies once and checks rows spread over the matrix.
   *
   * @param weights what the peer was given
   * @param rows how many to check, at most all
   * @throws IllegalStateException naming the first row beyond the peer's error bound
   */
  public static void requireRight(PeerGemv peer, WeightMatrix weights, float[] x, int rows) {
    float[] y = new float[weights.rows()];
    peer.activations(x);
    peer.multiply();
    peer.result(y);
    float[] row = new float[weights.cols()];
    for (int i = 0; i < rows; i++) {
      int r = (int) ((long) i * weights.rows() / rows);
      weights.decodeRow(r, row);
      double exact = 0;
      for (int c = 0; c < row.length; c++) {
        exact += (double) row[c] * x[c];
      }
      double bound = peer.rounding().errorBound(row, x);
      if (!(Math.abs(y[r] - exact) <= bound)) {
        throw new IllegalStateException(
            "%s %s: row %d is %s instead of %s ± %s"
                .formatted(peer.getClass().getSimpleName(), weights.type(), r, y[r], exact, bound));
      }
    }
  }

  /**
   * Attends once and checks one head.
   *
   * @throws IllegalStateException if its relative L2 error exceeds the format's tolerance
   */
  public static void requireRight(PeerAttention peer, float[] q, int queryHeads, int head) {
    float[] output = new float[q.length];
    peer.query(q);
    peer.attend();
    peer.output(output);
    int headDim = peer.keys().headDim();
    double[] exact = textbook(peer, q, queryHeads, head);
    double error = 0;
    double norm = 0;
    for (int dim = 0; dim < headDim; dim++) {
      double difference = output[head * headDim + dim] - exact[dim];
      error += difference * difference;
      norm += exact[dim] * exact[dim];
    }
    double relative = Math.sqrt(error / norm);
    if (!(relative <= peer.keys().format().tolerance())) {
      throw new IllegalStateException(
          "%s %s: head %d has a relative error of %.3g"
              .formatted(peer.getClass().getSimpleName(), peer.keys().format(), head, relative));
    }
  }

  private static double[] textbook(PeerAttention peer, float[] q, int queryHeads, int head) {
    KvTensor keys = peer.keys();
    int kvHead = head / (queryHeads / keys.kvHeads());
    int headDim = keys.headDim();
    double[] weights = new double[keys.tokens()];
    double largest = Double.NEGATIVE_INFINITY;
    for (int token = 0; token < weights.length; token++) {
      for (int dim = 0; dim < headDim; dim++) {
        weights[token] += (double) q[head * headDim + dim] * keys.get(kvHead, token, dim);
      }
      weights[token] /= Math.sqrt(headDim);
      largest = Math.max(largest, weights[token]);
    }
    double[] output = new double[headDim];
    double sum = 0;
    for (int token = 0; token < weights.length; token++) {
      double weight = Math.exp(weights[token] - largest);
      sum += weight;
      for (int dim = 0; dim < headDim; dim++) {
        output[dim] += weight * peer.values().get(kvHead, token, dim);
      }
    }
    for (int dim = 0; dim < headDim; dim++) {
      output[dim] /= sum;
    }
    return output;
  }
}
