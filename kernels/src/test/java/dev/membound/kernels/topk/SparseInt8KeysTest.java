package dev.membound.kernels.topk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * INT8 keys share lanes: each element's neighbours must leave its score alone, also where they are
 * the only ones that are not zero and the query is largest on the zeros.
 */
@Tag("width")
class SparseInt8KeysTest {
  private static final int TOKENS = 200;

  @ParameterizedTest
  @CsvSource({"64,1,1", "80,1,3", "128,4,2", "256,6,60"})
  void neighboursInALaneDoNotChangeAScore(int headDim, int group, int nonZero) {
    AttentionShape shape = new AttentionShape(group, 1, headDim);
    Random random = new Random(headDim);
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(2)) {
      PagedKvCache cache = PagedKvCache.allocate(KvType.INT8, 1, headDim, 16, 13, arena);
      BlockTable table = BlockTable.empty(16);
      float[][] stored = new float[TOKENS][];
      for (int token = 0; token < TOKENS; token++) {
        stored[token] = new float[headDim];
        for (int i = 0; i < nonZero; i++) {
          // Integers up to 127, one of them that large: the scale is 1 and storing is exact.
          stored[token][random.nextInt(headDim)] = random.nextInt(255) - 127;
        }
        stored[token][random.nextInt(headDim)] = random.nextBoolean() ? 127 : -127;
        cache.append(table, stored[token], stored[token]);
      }
      float[] q = new float[group * headDim];
      for (int i = 0; i < q.length; i++) {
        q[i] = (float) random.nextGaussian() * (random.nextInt(4) == 0 ? 1e4f : 1);
      }
      float[] scores = new float[group * TOKENS];
      KeyScorer.plan(shape, KvType.INT8, team).score(q, cache, table, scores);

      for (int token = 0; token < TOKENS; token++) {
        for (int dim = 0; dim < headDim; dim++) {
          assertThat(cache.key(table, token, 0, dim)).isEqualTo(stored[token][dim]);
        }
        for (int head = 0; head < group; head++) {
          double exact = 0;
          double terms = 0;
          double multipliers = 0;
          for (int dim = 0; dim < headDim; dim++) {
            double query = q[head * headDim + dim];
            exact += query * stored[token][dim];
            terms += Math.abs(query * stored[token][dim]);
            multipliers += Math.abs(query);
          }
          double bound = (headDim + 2) * 0x1p-24 * terms + 0x1p-16 * multipliers;
          assertThat(Math.abs(scores[head * TOKENS + token] - exact)).isLessThanOrEqualTo(bound);
        }
      }
    }
  }
}
