package dev.membound.kernels.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.Allocation;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("width")
class TopKSelectorTest {
  private final TopKSelector selector = new TopKSelector();

  @ParameterizedTest
  @CsvSource({
    "1,1",
    "2,1",
    "17,5",
    "1000,0",
    "1000,1",
    "1000,999",
    "1000,1000",
    "4097,256",
    "40000,1",
    "40000,500",
    "40000,5000",
    "4096,512",
    "8191,127",
    "70003,2048"
  })
  void selectsAsAFullSortDoes(int n, int k) {
    for (int distinct : new int[] {1, 3, 50, 1_000_000}) {
      Random random = new Random(n + distinct);
      float[] scores = new float[n + 5];
      Arrays.fill(scores, Float.POSITIVE_INFINITY); // outside the range: must not be selected
      for (int i = 0; i < n; i++) {
        scores[3 + i] = (random.nextInt(distinct) - distinct / 2) * 0.37f;
      }
      int[] selected = new int[k + 2];
      Arrays.fill(selected, -7);
      assertThat(selector.select(scores, 3, n, k, selected, 1)).isEqualTo(k);
      assertThat(Arrays.copyOfRange(selected, 1, k + 1)).isEqualTo(sorted(scores, 3, n, k));
      assertThat(selected[0]).isEqualTo(-7);
      assertThat(selected[k + 1]).isEqualTo(-7);
    }
  }

  @Test
  void theSmallerIndexWinsTies() {
    assertThat(select(3, 1, 2, 2, 2, 1)).containsExactly(1, 2, 3);
    assertThat(select(2, 0f, -0f, 0f)).containsExactly(0, 1);
    assertThat(select(1, -0f, 0f)).containsExactly(0);
  }

  @Test
  void nanCountsAsMinusInfinityAndIsCounted() {
    float infinite = Float.POSITIVE_INFINITY;
    assertThat(select(2, Float.NaN, -infinite, -Float.MAX_VALUE, Float.NaN)).containsExactly(0, 2);
    assertThat(selector.nanScores()).isEqualTo(2);
    assertThat(select(1, Float.NaN, infinite)).containsExactly(1);
    assertThat(select(2, Float.NaN, Float.NaN)).containsExactly(0, 1);
    assertThat(selector.nanScores()).isEqualTo(2);
    assertThat(select(1, -infinite, Float.intBitsToFloat(0xFFC00001))).containsExactly(0);
    assertThat(select(1, 1, 2)).containsExactly(1);
    assertThat(selector.nanScores()).isZero();
  }

  @Test
  void nanAmongSampledScoresIsCountedAndNeverSelected() {
    int n = 20_003;
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) {
      scores[i] = i % 7 == 3 ? Float.NaN : (i * 7919) % n;
    }

    int[] selected = select(300, scores);

    assertThat(selected).isEqualTo(sorted(scores, 0, n, 300));
    assertThat(selector.nanScores()).isEqualTo((n + 3) / 7);
  }

  @ParameterizedTest
  @ValueSource(ints = {4000, 8192, 20_003})
  void nanTiesWithMinusInfinityWhateverTheCount(int n) {
    float[] scores = new float[n];
    for (int i = 0; i < n; i++) {
      scores[i] = i % 8 == 7 ? Float.NEGATIVE_INFINITY : Float.NaN;
    }
    scores[5] = 1;

    assertThat(select(4, scores)).containsExactly(0, 1, 2, 5);
    assertThat(selector.nanScores()).isEqualTo(n - n / 8 - 1);
  }

  @Test
  void findsAllWhereHalfOfTheScoresAreEqual() {
    // The largest, the smallest, or half of all scores are equal: a threshold says little.
    for (float sampled : new float[] {-1, 2, 0.95f, Float.NaN, Float.NEGATIVE_INFINITY}) {
      float[] scores = new float[40_960];
      Random random = new Random(3);
      for (int i = 0; i < scores.length; i++) {
        scores[i] = i % 2 == 0 ? sampled : random.nextFloat();
      }
      int[] selected = new int[3000];
      selector.select(scores, 0, scores.length, selected.length, selected, 0);
      float[] ordered = scores.clone();
      for (int i = 0; i < ordered.length; i++) {
        ordered[i] = Float.isNaN(ordered[i]) ? Float.NEGATIVE_INFINITY : ordered[i];
      }
      assertThat(selected).isEqualTo(sorted(ordered, 0, ordered.length, selected.length));
    }
  }

  @Test
  void findsAllWhereNoSampleSeesTheLargest() {
    // 16 large scores in a row of 100,000: a sample of 2,048 most likely misses or over-counts
    // them.
    float[] scores = new float[100_000];
    Random random = new Random(5);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextFloat() + (i >= 5000 && i < 5016 ? 10 : 0);
    }
    for (int k : new int[] {1, 15, 16, 17, 40}) {
      int[] selected = new int[k];
      selector.select(scores, 0, scores.length, k, selected, 0);
      assertThat(selected).isEqualTo(sorted(scores, 0, scores.length, k));
    }
  }

  @Test
  void refusesRangesThatDoNotFit() {
    float[] scores = new float[4];
    assertThatThrownBy(() -> selector.select(scores, 2, 3, 1, new int[1], 0))
        .hasMessage("3 scores from 2 do not fit an array of 4");
    assertThatThrownBy(() -> selector.select(scores, 0, 4, 2, new int[2], 1))
        .hasMessage("2 selected indices from 1 do not fit an array of 2");
    assertThatThrownBy(() -> selector.select(scores, 0, 4, -1, new int[2], 0))
        .hasMessage("cannot select -1 of 4 scores");
  }

  @Test
  @Tag("allocation")
  void aCallAllocatesNothing() {
    float[] scores = new float[5000];
    Random random = new Random(2);
    for (int i = 0; i < scores.length; i++) {
      scores[i] = random.nextFloat();
    }
    int[] selected = new int[100];
    assertThat(
            Allocation.settledBytesPerCall(
                () -> selector.select(scores, 0, scores.length, 100, selected, 0)))
        .isZero();
  }

  private int[] select(int k, float... scores) {
    int[] selected = new int[k];
    selector.select(scores, 0, scores.length, k, selected, 0);
    return selected;
  }

  private static int[] sorted(float[] scores, int from, int n, int k) {
    return IntStream.range(0, n)
        .boxed()
        .sorted(Comparator.comparing((Integer i) -> -scores[from + i] + 0f))
        .limit(k)
        .mapToInt(Integer::intValue)
        .sorted()
        .toArray();
  }
}
