package dev.membound.kernels.topk;

import dev.membound.kernels.attention.FloatE4M3;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import jdk.incubator.vector.FloatVector;

/** A worker's scan of {@link LightningIndexer} tiles. */
abstract sealed class IndexerScan {
  private static final int DIM = LightningIndexer.DIM;
  private static final int LANES = LightningIndexer.LANES;

  final int heads;
  final float[] tile = new float[DIM * LANES]; // decoded, [dim][token]

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

  final void decode(MemorySegment memory, long at) {
    for (int i = 0; i < tile.length; i++) {
      tile[i] = FloatE4M3.toFloat(memory.get(ValueLayout.JAVA_BYTE, at + i));
    }
  }

  private static final class Scalar extends IndexerScan {
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
  }

  private static final class Vector extends IndexerScan {
    private static final int BLOCK = 8; // heads that share a load of keys

    private final float[] query; // [head / 8][dim][head % 8]
    private final float[] weight;
    private final float[] sums = new float[LANES];

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
      for (int token = first; token < end; token += LANES) {
        long at = (long) (token / LANES) * LightningIndexer.TILE_BYTES;
        decode(memory, at);
        Arrays.fill(sums, 0);
        for (int head = 0; head < weight.length; head += BLOCK) {
          addHeads(tile, query, head * DIM, weight, head, sums);
        }
        int tokens = Math.min(LANES, end - token);
        for (int lane = 0; lane < tokens; lane++) {
          scores[token + lane] = sums[lane] * LightningIndexer.scale(memory, at, lane);
        }
      }
    }

    /** Adds {@code w · max(0, q·k)} of eight heads; flat, since C2 boxes across calls. */
    private static void addHeads(
        float[] tile, float[] q, int qStart, float[] w, int head, float[] sums) {
      for (int lane = 0; lane < LANES; lane += Species.FLOATS) {
        FloatVector a0 = FloatVector.zero(Species.FLOAT);
        FloatVector a1 = a0;
        FloatVector a2 = a0;
        FloatVector a3 = a0;
        FloatVector a4 = a0;
        FloatVector a5 = a0;
        FloatVector a6 = a0;
        FloatVector a7 = a0;
        for (int dim = 0; dim < DIM; dim++) {
          FloatVector k = FloatVector.fromArray(Species.FLOAT, tile, dim * LANES + lane);
          int qi = qStart + dim * BLOCK;
          a0 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi]), a0);
          a1 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 1]), a1);
          a2 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 2]), a2);
          a3 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 3]), a3);
          a4 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 4]), a4);
          a5 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 5]), a5);
          a6 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 6]), a6);
          a7 = k.fma(FloatVector.broadcast(Species.FLOAT, q[qi + 7]), a7);
        }
        FloatVector sum = FloatVector.fromArray(Species.FLOAT, sums, lane);
        sum = a0.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head]), sum);
        sum = a1.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 1]), sum);
        sum = a2.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 2]), sum);
        sum = a3.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 3]), sum);
        sum = a4.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 4]), sum);
        sum = a5.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 5]), sum);
        sum = a6.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 6]), sum);
        sum = a7.max(0).fma(FloatVector.broadcast(Species.FLOAT, w[head + 7]), sum);
        sum.intoArray(sums, lane);
      }
    }
  }
}
