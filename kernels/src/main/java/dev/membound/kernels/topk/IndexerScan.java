package dev.membound.kernels.topk;

import dev.membound.kernels.attention.FloatE4M3;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/** A worker's scan of {@link LightningIndexer} tiles. */
abstract sealed class IndexerScan {
  private static final int DIM = LightningIndexer.DIM;
  private static final int LANES = LightningIndexer.LANES;

  final int heads;

  private IndexerScan(int heads) {
    this.heads = heads;
  }

  static IndexerScan create(int heads, boolean vectorised) {
    return vectorised ? new Vector(heads) : new Scalar(heads);
  }

  int heads() {
    return heads;
  }

  /** Scores tokens {@code first} (a multiple of 16) to before {@code end}. */
  abstract void scan(
      MemorySegment memory, float[] q, float[] w, int first, int end, float[] scores);

  private static final class Scalar extends IndexerScan {
    private final float[] tile = new float[DIM * LANES]; // decoded, [dim][token]

    Scalar(int heads) {
      super(heads);
    }

    @Override
    void scan(MemorySegment memory, float[] q, float[] w, int first, int end, float[] scores) {
      for (int token = first; token < end; token++) {
        long at = (long) (token / LANES) * LightningIndexer.TILE_BYTES;
        int lane = token % LANES;
        if (lane == 0) {
          decode(memory, at);
        }
        double score = 0;
        for (int head = 0; head < heads; head++) {
          double dot = 0;
          for (int dim = 0; dim < DIM; dim++) {
            dot += (double) q[head * DIM + dim] * tile[dim * LANES + lane];
          }
          score += w[head] * Math.max(0, dot);
        }
        scores[token] = (float) (score * LightningIndexer.scale(memory, at, lane));
      }
    }

    private void decode(MemorySegment memory, long at) {
      for (int dim = 0; dim < DIM; dim++) {
        for (int lane = 0; lane < LANES; lane++) {
          long element = at + LightningIndexer.elementOffset(dim, lane);
          tile[dim * LANES + lane] = FloatE4M3.toFloat(memory.get(ValueLayout.JAVA_BYTE, element));
        }
      }
    }
  }

  private static final class Vector extends IndexerScan {
    private static final int BLOCK = 8; // heads that share a load of keys
    private static final int CHUNK = 2 * LANES; // tokens that share a load of the query
    private static final int LINE_BYTES = 4 * LANES;
    private static final int E4M3_BITS = 0x87F00000; // sign, exponent and mantissa as F32's
    private static final float E4M3_FACTOR = 0x1p120f; // exponent bias 127 instead of 7
    private static final ByteOrder ORDER = ByteOrder.LITTLE_ENDIAN;

    private final float[] keys = new float[DIM * CHUNK]; // decoded, [dim][token]
    private final float[] query; // [head / 8][dim][head % 8]
    private final float[] weight;
    private final float[] sums = new float[CHUNK];

    Vector(int heads) {
      super(heads);
      int padded = Math.ceilDiv(heads, BLOCK) * BLOCK;
      this.query = new float[padded * DIM];
      this.weight = new float[padded];
    }

    @Override
    void scan(MemorySegment memory, float[] q, float[] w, int first, int end, float[] scores) {
      System.arraycopy(w, 0, weight, 0, heads);
      for (int head = 0; head < heads; head++) {
        int to = head / BLOCK * BLOCK * DIM + head % BLOCK;
        for (int dim = 0; dim < DIM; dim++) {
          query[to + dim * BLOCK] = q[head * DIM + dim];
        }
      }
      for (int token = first; token < end; token += CHUNK) {
        long near = (long) (token / LANES) * LightningIndexer.TILE_BYTES;
        long far = token + LANES < end ? near + LightningIndexer.TILE_BYTES : near;
        decode(memory, near, keys, 0);
        decode(memory, far, keys, LANES);
        Arrays.fill(sums, 0);
        for (int head = 0; head < weight.length; head += BLOCK) {
          addHeads(keys, query, head * DIM, weight, head, sums);
        }
        int tokens = Math.min(CHUNK, end - token);
        for (int i = 0; i < tokens; i++) {
          float scale = LightningIndexer.scale(memory, i < LANES ? near : far, i % LANES);
          scores[token + i] = sums[i] * scale;
        }
      }
    }

    /** Decodes a tile into half of a chunk: shifted, the bits are those of a tiny float. */
    private static void decode(MemorySegment memory, long tile, float[] keys, int column) {
      for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
        long start = tile + lane * 4L;
        for (int line = 0; line < DIM / LightningIndexer.LINE_DIMS; line++) {
          IntVector four =
              IntVector.fromMemorySegment(
                  Species.INT, memory, start + (long) line * LINE_BYTES, ORDER);
          int to = line * LightningIndexer.LINE_DIMS * CHUNK + column + lane;
          four.lanewise(VectorOperators.LSHL, 24)
              .lanewise(VectorOperators.ASHR, 4)
              .and(E4M3_BITS)
              .reinterpretAsFloats()
              .mul(E4M3_FACTOR)
              .intoArray(keys, to);
          four.lanewise(VectorOperators.LSHL, 16)
              .lanewise(VectorOperators.ASHR, 4)
              .and(E4M3_BITS)
              .reinterpretAsFloats()
              .mul(E4M3_FACTOR)
              .intoArray(keys, to + CHUNK);
          four.lanewise(VectorOperators.LSHL, 8)
              .lanewise(VectorOperators.ASHR, 4)
              .and(E4M3_BITS)
              .reinterpretAsFloats()
              .mul(E4M3_FACTOR)
              .intoArray(keys, to + 2 * CHUNK);
          four.lanewise(VectorOperators.ASHR, 4)
              .and(E4M3_BITS)
              .reinterpretAsFloats()
              .mul(E4M3_FACTOR)
              .intoArray(keys, to + 3 * CHUNK);
        }
      }
    }

    /** Adds {@code w · max(0, q·k)} of eight heads; flat, since C2 boxes across calls. */
    private static void addHeads(
        float[] keys, float[] q, int qStart, float[] w, int head, float[] sums) {
      for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
        FloatVector zero = FloatVector.zero(Species.FLOAT);
        FloatVector a0 = zero;
        FloatVector a1 = zero;
        FloatVector a2 = zero;
        FloatVector a3 = zero;
        FloatVector a4 = zero;
        FloatVector a5 = zero;
        FloatVector a6 = zero;
        FloatVector a7 = zero;
        FloatVector b0 = zero;
        FloatVector b1 = zero;
        FloatVector b2 = zero;
        FloatVector b3 = zero;
        FloatVector b4 = zero;
        FloatVector b5 = zero;
        FloatVector b6 = zero;
        FloatVector b7 = zero;
        for (int dim = 0; dim < DIM; dim++) {
          FloatVector near = FloatVector.fromArray(Species.FLOAT, keys, dim * CHUNK + lane);
          FloatVector far = FloatVector.fromArray(Species.FLOAT, keys, dim * CHUNK + LANES + lane);
          int qi = qStart + dim * BLOCK;
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
        FloatVector sum = FloatVector.fromArray(Species.FLOAT, sums, lane);
        FloatVector farSum = FloatVector.fromArray(Species.FLOAT, sums, LANES + lane);
        FloatVector w0 = FloatVector.broadcast(Species.FLOAT, w[head]);
        sum = zero.max(a0).fma(w0, sum);
        farSum = zero.max(b0).fma(w0, farSum);
        FloatVector w1 = FloatVector.broadcast(Species.FLOAT, w[head + 1]);
        sum = zero.max(a1).fma(w1, sum);
        farSum = zero.max(b1).fma(w1, farSum);
        FloatVector w2 = FloatVector.broadcast(Species.FLOAT, w[head + 2]);
        sum = zero.max(a2).fma(w2, sum);
        farSum = zero.max(b2).fma(w2, farSum);
        FloatVector w3 = FloatVector.broadcast(Species.FLOAT, w[head + 3]);
        sum = zero.max(a3).fma(w3, sum);
        farSum = zero.max(b3).fma(w3, farSum);
        FloatVector w4 = FloatVector.broadcast(Species.FLOAT, w[head + 4]);
        sum = zero.max(a4).fma(w4, sum);
        farSum = zero.max(b4).fma(w4, farSum);
        FloatVector w5 = FloatVector.broadcast(Species.FLOAT, w[head + 5]);
        sum = zero.max(a5).fma(w5, sum);
        farSum = zero.max(b5).fma(w5, farSum);
        FloatVector w6 = FloatVector.broadcast(Species.FLOAT, w[head + 6]);
        sum = zero.max(a6).fma(w6, sum);
        farSum = zero.max(b6).fma(w6, farSum);
        FloatVector w7 = FloatVector.broadcast(Species.FLOAT, w[head + 7]);
        sum = zero.max(a7).fma(w7, sum);
        farSum = zero.max(b7).fma(w7, farSum);
        sum.intoArray(sums, lane);
        farSum.intoArray(sums, LANES + lane);
      }
    }
  }
}
