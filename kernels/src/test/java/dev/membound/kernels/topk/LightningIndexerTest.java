package dev.membound.kernels.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.kernels.Allocation;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("width")
class LightningIndexerTest {
  @ParameterizedTest
  @CsvSource({"64,1", "64,15", "64,16", "64,333", "3,50", "8,40", "9,40"})
  void agreesWithItsDefinition(int heads, int tokens) {
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(3)) {
      LightningIndexer index = filled(tokens, arena);
      Random random = new Random(2);
      float[] q = gaussian(random, heads * 128);
      float[] w = gaussian(random, heads);
      float[] scores = new float[tokens + 1];
      scores[tokens] = 77;
      index.scan(q, w, scores, team);
      for (int token = 0; token < tokens; token++) {
        double exact = 0;
        double magnitude = 0;
        for (int head = 0; head < heads; head++) {
          double dot = 0;
          double terms = 0;
          for (int dim = 0; dim < 128; dim++) {
            double term = (double) q[head * 128 + dim] * index.key(token, dim);
            dot += term;
            terms += Math.abs(term);
          }
          exact += w[head] * Math.max(0, dot);
          magnitude += Math.abs(w[head]) * terms;
        }
        assertThat((double) scores[token])
            .isCloseTo(exact, within((128 + heads + 4) * 0x1p-24 * magnitude));
      }
      assertThat(scores[tokens]).isEqualTo(77);
      assertThat(index.bytesRead()).isEqualTo(132L * tokens);
    }
  }

  @Test
  void keysKeepThreeMantissaBits() {
    try (Arena arena = Arena.ofConfined()) {
      LightningIndexer index = LightningIndexer.allocate(1, arena);
      float[] key = gaussian(new Random(1), 128);
      index.append(key);
      for (int dim = 0; dim < 128; dim++) {
        assertThat((double) index.key(0, dim))
            .isCloseTo(key[dim], within(Math.abs(key[dim]) / 16 * 1.001 + 5.0 / 448 / 512));
      }
    }
  }

  @Test
  void refusesWhatDoesNotFit() {
    try (Arena arena = Arena.ofConfined();
        WorkerTeam team = WorkerTeam.of(1)) {
      LightningIndexer index = filled(20, arena);
      assertThatThrownBy(() -> index.append(new float[128])).hasMessageContaining("20 tokens");
      assertThatThrownBy(() -> index.append(new float[127])).hasMessageContaining("127 elements");
      assertThatThrownBy(() -> index.scan(new float[128], new float[2], new float[20], team))
          .hasMessageContaining("128 query elements for 2 heads");
      assertThatThrownBy(() -> index.scan(new float[128], new float[1], new float[19], team))
          .hasMessageContaining("scores hold 19");
      float[] bad = new float[128];
      bad[5] = Float.NaN;
      assertThatThrownBy(() -> index.scan(bad, new float[1], new float[20], team))
          .hasMessageContaining("q[5] = NaN");
    }
  }

  @Test
  @Tag("allocation")
  void aScanAllocatesNothing() {
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(1)) {
      LightningIndexer index = filled(100, arena);
      float[] q = gaussian(new Random(1), 64 * 128);
      float[] w = gaussian(new Random(2), 64);
      float[] scores = new float[100];
      assertThat(Allocation.settledBytesPerCall(() -> index.scan(q, w, scores, team))).isZero();
    }
  }

  private static LightningIndexer filled(int tokens, Arena arena) {
    LightningIndexer index = LightningIndexer.allocate(tokens, arena);
    Random random = new Random(9);
    for (int i = 0; i < tokens; i++) {
      index.append(gaussian(random, 128));
    }
    return index;
  }

  private static float[] gaussian(Random random, int length) {
    float[] values = new float[length];
    for (int i = 0; i < length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
