package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/**
 * Decodes a chunk of tokens once, as it is for values and transposed for keys, then lets all heads
 * work on it from the CPU's cache: decoding is a few per cent of the arithmetic.
 */
final class VectorMlaAttention extends MlaAttention {
  private static final int LANES = CHUNK / 2;
  private static final int SCORED = 8; // heads that share a load of keys
  private static final int WEIGHED = 4; // heads that share a load of values
  private static final int WIDTH = MlaCache.WIDTH;
  private static final int LATENT = MlaCache.LATENT;

  private final int paddedHeads;
  private final Scratch[] scratch;

  VectorMlaAttention(int heads, double scale, WorkerTeam team) {
    super(heads, scale, team);
    this.paddedHeads = Math.ceilDiv(heads, SCORED) * SCORED;
    this.scratch = new Scratch[team.size()];
    for (int worker = 0; worker < scratch.length; worker++) {
      scratch[worker] = new Scratch(paddedHeads, scale);
    }
  }

  private static final class Scratch {
    final float[] query; // [head / 8][dim][head % 8]
    final float[] rows = new float[CHUNK * WIDTH]; // [token][dim]
    final float[] columns = new float[WIDTH * CHUNK]; // [dim][token]
    final float[] scores;
    final float[] output;
    final OnlineSoftmax softmax;

    Scratch(int paddedHeads, double scale) {
      query = new float[paddedHeads * WIDTH];
      scores = new float[paddedHeads * CHUNK];
      output = new float[paddedHeads * LATENT];
      softmax = new OnlineSoftmax(paddedHeads, scale, 1);
    }
  }

  @Override
  void attendTokens(int worker, float[] q, int first, int end, AttentionState out) {
    Scratch own = scratch[worker];
    own.softmax.reset(0, paddedHeads);
    Arrays.fill(own.output, 0);
    for (int head = 0; head < heads; head++) {
      int to = head / SCORED * SCORED * WIDTH + head % SCORED;
      for (int dim = 0; dim < WIDTH; dim++) {
        own.query[to + dim * SCORED] = q[head * WIDTH + dim];
      }
    }
    for (int from = first; from < end; from += CHUNK) {
      int tokens = Math.min(CHUNK, end - from);
      decode(own, from, tokens);
      for (int head = 0; head < paddedHeads; head += SCORED) {
        score(own.query, head * WIDTH, own.columns, own.scores, head * CHUNK);
      }
      for (int head = 0; head < heads; head++) {
        softmax(own, head, tokens);
      }
      for (int head = 0; head < paddedHeads; head += WEIGHED) {
        weigh(own.scores, head * CHUNK, own.rows, tokens, own.output, head * LATENT);
      }
    }
    store(own, out);
  }

  private void decode(Scratch own, int from, int tokens) {
    for (int token = 0; token < tokens; token++) {
      load(from + token, own.rows, token * WIDTH);
      for (int dim = 0; dim < WIDTH; dim++) {
        own.columns[dim * CHUNK + token] = own.rows[token * WIDTH + dim];
      }
    }
    // What an earlier chunk left in the other columns is finite, and masked.
  }

  /** Scores a chunk against eight heads; a query element serves both halves of the chunk. */
  private static void score(float[] q, int qStart, float[] columns, float[] scores, int to) {
    for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
      FloatVector a0 = FloatVector.zero(Species.FLOAT);
      FloatVector a1 = a0;
      FloatVector a2 = a0;
      FloatVector a3 = a0;
      FloatVector a4 = a0;
      FloatVector a5 = a0;
      FloatVector a6 = a0;
      FloatVector a7 = a0;
      FloatVector b0 = a0;
      FloatVector b1 = a0;
      FloatVector b2 = a0;
      FloatVector b3 = a0;
      FloatVector b4 = a0;
      FloatVector b5 = a0;
      FloatVector b6 = a0;
      FloatVector b7 = a0;
      for (int dim = 0; dim < WIDTH; dim++) {
        FloatVector near = FloatVector.fromArray(Species.FLOAT, columns, dim * CHUNK + lane);
        FloatVector far = FloatVector.fromArray(Species.FLOAT, columns, dim * CHUNK + LANES + lane);
        int qi = qStart + dim * SCORED;
        FloatVector q0 = FloatVector.broadcast(Species.FLOAT, q[qi]);
        a0 = near.fma(q0, a0);
        b0 = far.fma(q0, b0);
        FloatVector q1 = FloatVector.broadcast(Species.FLOAT, q[qi + 1]);
        a1 = near.fma(q1, a1);
        b1 = far.fma(q1, b1);
        FloatVector q2 = FloatVector.broadcast(Species.FLOAT, q[qi + 2]);
        a2 = near.fma(q2, a2);
        b2 = far.fma(q2, b2);
        FloatVector q3 = FloatVector.broadcast(Species.FLOAT, q[qi + 3]);
        a3 = near.fma(q3, a3);
        b3 = far.fma(q3, b3);
        FloatVector q4 = FloatVector.broadcast(Species.FLOAT, q[qi + 4]);
        a4 = near.fma(q4, a4);
        b4 = far.fma(q4, b4);
        FloatVector q5 = FloatVector.broadcast(Species.FLOAT, q[qi + 5]);
        a5 = near.fma(q5, a5);
        b5 = far.fma(q5, b5);
        FloatVector q6 = FloatVector.broadcast(Species.FLOAT, q[qi + 6]);
        a6 = near.fma(q6, a6);
        b6 = far.fma(q6, b6);
        FloatVector q7 = FloatVector.broadcast(Species.FLOAT, q[qi + 7]);
        a7 = near.fma(q7, a7);
        b7 = far.fma(q7, b7);
      }
      int at = to + lane;
      a0.intoArray(scores, at);
      b0.intoArray(scores, at + LANES);
      a1.intoArray(scores, at + CHUNK);
      b1.intoArray(scores, at + CHUNK + LANES);
      a2.intoArray(scores, at + 2 * CHUNK);
      b2.intoArray(scores, at + 2 * CHUNK + LANES);
      a3.intoArray(scores, at + 3 * CHUNK);
      b3.intoArray(scores, at + 3 * CHUNK + LANES);
      a4.intoArray(scores, at + 4 * CHUNK);
      b4.intoArray(scores, at + 4 * CHUNK + LANES);
      a5.intoArray(scores, at + 5 * CHUNK);
      b5.intoArray(scores, at + 5 * CHUNK + LANES);
      a6.intoArray(scores, at + 6 * CHUNK);
      b6.intoArray(scores, at + 6 * CHUNK + LANES);
      a7.intoArray(scores, at + 7 * CHUNK);
      b7.intoArray(scores, at + 7 * CHUNK + LANES);
    }
  }

  private void softmax(Scratch own, int head, int tokens) {
    int start = head * CHUNK;
    Arrays.fill(own.scores, start + tokens, start + CHUNK, Float.NEGATIVE_INFINITY);
    float decay = own.softmax.weigh(head, own.scores, start, 1, CHUNK);
    OnlineSoftmax.decay(own.output, head * LATENT, LATENT, decay);
  }

  /** Adds a chunk's weighted latents to the outputs of four heads, four vectors at a time. */
  private static void weigh(float[] p, int pStart, float[] rows, int tokens, float[] o, int to) {
    int step = Species.FLOATS;
    for (int dim = 0; dim < LATENT; dim += 4 * step) {
      int at = to + dim;
      FloatVector a0 = FloatVector.fromArray(Species.FLOAT, o, at);
      FloatVector a1 = FloatVector.fromArray(Species.FLOAT, o, at + step);
      FloatVector a2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * step);
      FloatVector a3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * step);
      FloatVector b0 = FloatVector.fromArray(Species.FLOAT, o, at + LATENT);
      FloatVector b1 = FloatVector.fromArray(Species.FLOAT, o, at + LATENT + step);
      FloatVector b2 = FloatVector.fromArray(Species.FLOAT, o, at + LATENT + 2 * step);
      FloatVector b3 = FloatVector.fromArray(Species.FLOAT, o, at + LATENT + 3 * step);
      FloatVector c0 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LATENT);
      FloatVector c1 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LATENT + step);
      FloatVector c2 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LATENT + 2 * step);
      FloatVector c3 = FloatVector.fromArray(Species.FLOAT, o, at + 2 * LATENT + 3 * step);
      FloatVector d0 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LATENT);
      FloatVector d1 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LATENT + step);
      FloatVector d2 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LATENT + 2 * step);
      FloatVector d3 = FloatVector.fromArray(Species.FLOAT, o, at + 3 * LATENT + 3 * step);
      for (int token = 0; token < tokens; token++) {
        int row = token * WIDTH + dim;
        FloatVector v0 = FloatVector.fromArray(Species.FLOAT, rows, row);
        FloatVector v1 = FloatVector.fromArray(Species.FLOAT, rows, row + step);
        FloatVector v2 = FloatVector.fromArray(Species.FLOAT, rows, row + 2 * step);
        FloatVector v3 = FloatVector.fromArray(Species.FLOAT, rows, row + 3 * step);
        FloatVector p0 = FloatVector.broadcast(Species.FLOAT, p[pStart + token]);
        a0 = v0.fma(p0, a0);
        a1 = v1.fma(p0, a1);
        a2 = v2.fma(p0, a2);
        a3 = v3.fma(p0, a3);
        FloatVector p1 = FloatVector.broadcast(Species.FLOAT, p[pStart + CHUNK + token]);
        b0 = v0.fma(p1, b0);
        b1 = v1.fma(p1, b1);
        b2 = v2.fma(p1, b2);
        b3 = v3.fma(p1, b3);
        FloatVector p2 = FloatVector.broadcast(Species.FLOAT, p[pStart + 2 * CHUNK + token]);
        c0 = v0.fma(p2, c0);
        c1 = v1.fma(p2, c1);
        c2 = v2.fma(p2, c2);
        c3 = v3.fma(p2, c3);
        FloatVector p3 = FloatVector.broadcast(Species.FLOAT, p[pStart + 3 * CHUNK + token]);
        d0 = v0.fma(p3, d0);
        d1 = v1.fma(p3, d1);
        d2 = v2.fma(p3, d2);
        d3 = v3.fma(p3, d3);
      }
      a0.intoArray(o, at);
      a1.intoArray(o, at + step);
      a2.intoArray(o, at + 2 * step);
      a3.intoArray(o, at + 3 * step);
      b0.intoArray(o, at + LATENT);
      b1.intoArray(o, at + LATENT + step);
      b2.intoArray(o, at + LATENT + 2 * step);
      b3.intoArray(o, at + LATENT + 3 * step);
      c0.intoArray(o, at + 2 * LATENT);
      c1.intoArray(o, at + 2 * LATENT + step);
      c2.intoArray(o, at + 2 * LATENT + 2 * step);
      c3.intoArray(o, at + 2 * LATENT + 3 * step);
      d0.intoArray(o, at + 3 * LATENT);
      d1.intoArray(o, at + 3 * LATENT + step);
      d2.intoArray(o, at + 3 * LATENT + 2 * step);
      d3.intoArray(o, at + 3 * LATENT + 3 * step);
    }
  }

  private void store(Scratch own, AttentionState out) {
    for (int head = 0; head < heads; head++) {
      float inverse = (float) (1 / own.softmax.sum(head));
      for (int i = head * LATENT; i < (head + 1) * LATENT; i++) {
        out.output()[i] = own.output[i] * inverse;
      }
      out.lse()[head] = own.softmax.lse(head);
    }
  }
}
