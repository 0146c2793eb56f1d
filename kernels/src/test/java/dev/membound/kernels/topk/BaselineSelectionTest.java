package dev.membound.kernels.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.kernels.attention.BlockTable;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BaselineSelectionTest {
  @Test
  void streamingKeepsSinksAndTheRecentInConstantSize() {
    StreamingWindow window = new StreamingWindow(2, 3);
    int[] kept = new int[5];
    assertThat(window.select(4, kept)).isEqualTo(4);
    assertThat(kept).startsWith(0, 1, 2, 3);
    for (int length : new int[] {5, 6, 100}) {
      assertThat(window.select(length, kept)).isEqualTo(5);
      assertThat(kept).containsExactly(0, 1, length - 3, length - 2, length - 1);
    }
    assertThat(window.select(0, kept)).isZero();
    assertThatThrownBy(() -> new StreamingWindow(1, 0)).hasMessageContaining("0 recent");
    assertThatThrownBy(() -> window.select(9, new int[4])).hasMessageContaining("5 tokens");
    assertThatThrownBy(() -> StreamingWindow.DEFAULT.select(-5, new int[9]))
        .hasMessageContaining("-5 tokens");
  }

  @Test
  void heavyHitterSumsAddUpToTheStepsWhileNothingIsEvicted() {
    HeavyHitters hitters = new HeavyHitters(20, 30);
    Random random = new Random(1);
    for (int step = 1; step <= 50; step++) {
      hitters.append();
      float[] probabilities = softmax(random, hitters.count());
      hitters.accumulate(probabilities);
      double sum = 0;
      for (int i = 0; i < hitters.count(); i++) {
        sum += hitters.sum(i);
      }
      assertThat(sum).isCloseTo(step, within(1e-4));
    }
  }

  @Test
  void evictsTheWeakestThatIsNotRecent() {
    HeavyHitters hitters = new HeavyHitters(2, 2);
    float[][] steps = {{1}, {.9f, .1f}, {.1f, .8f, .1f}, {.5f, .1f, .1f, .3f}};
    for (float[] step : steps) {
      hitters.append();
      hitters.accumulate(step);
    }
    hitters.append(); // sums 2.5, 1.0, 0.2, 0.3: of the first three, token 2 goes
    assertThat(Arrays.copyOf(hitters.kept(), hitters.count())).containsExactly(0, 1, 3, 4);
    assertThat(hitters.sum(2)).isCloseTo(.3f, within(1e-6f));
    assertThat(hitters.sum(3)).isZero();
    for (int step = 0; step < 50; step++) {
      hitters.accumulate(new float[4]);
      hitters.append();
      assertThat(hitters.count()).isEqualTo(4);
    }
    assertThat(Arrays.copyOf(hitters.kept(), 4)).containsExactly(0, 1, 53, 54);
    assertThatThrownBy(() -> hitters.accumulate(new float[3])).hasMessageContaining("4 kept");
  }

  @Test
  void equalHittersKeepTheFirstAndNanWeighsNothing() {
    HeavyHitters equal = new HeavyHitters(1, 1);
    equal.append();
    equal.accumulate(new float[] {.5f});
    equal.append();
    equal.accumulate(new float[] {0, .5f});
    equal.append();
    assertThat(Arrays.copyOf(equal.kept(), 2)).containsExactly(0, 2);
    HeavyHitters nan = new HeavyHitters(1, 1);
    nan.append();
    nan.accumulate(new float[] {.5f});
    nan.append();
    nan.accumulate(new float[] {.1f, Float.NaN});
    nan.append();
    assertThat(Arrays.copyOf(nan.kept(), 2)).containsExactly(0, 2);
    assertThat(nan.nanProbabilities()).isEqualTo(1);
  }

  @Test
  void snapKeepsWhatItsWindowAttendedToWithNeighbours() {
    SnapKv snap = new SnapKv(2, 5, 3);
    float[] probabilities = new float[2 * 20];
    probabilities[7] = 0.6f;
    probabilities[20 + 7] = 0.4f;
    assertThat(snap.select(probabilities, 20)).containsExactly(6, 7, 8, 18, 19);
    assertThat(snap.select(probabilities, 4)).containsExactly(0, 1, 2, 3);
    assertThat(snap.select(new float[2], 1)).containsExactly(0);
    assertThatThrownBy(() -> snap.select(new float[39], 20)).hasMessageContaining("39");
    assertThatThrownBy(() -> new SnapKv(4, 4, 5)).hasMessageContaining("capacity of 4");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 0.9, 0.999})
  void topPIsTheSmallestSetOfItsMass(double p) {
    Random random = new Random(3);
    float[] scores = new float[503];
    for (int i = 0; i < scores.length; i++) {
      scores[i] = (float) (random.nextGaussian() * 3);
    }
    int n = 500;
    int[] selected = new int[n];
    int count = new TopPSelector().select(scores, 3, n, 0.7, p, selected);
    double[] weights =
        IntStream.range(3, 503).mapToDouble(i -> Math.exp(0.7 * scores[i])).sorted().toArray();
    double total = Arrays.stream(weights).sum();
    double mass = 0;
    int expected = 0;
    while (mass < p * total) {
      mass += weights[n - 1 - expected++];
    }
    assertThat(count).isEqualTo(expected);
    int[] best = new int[count];
    new TopKSelector().select(scores, 3, n, count, best, 0);
    assertThat(Arrays.copyOf(selected, count)).isEqualTo(best);
  }

  @Test
  void topPHandlesTheEdges() {
    TopPSelector selector = new TopPSelector();
    int[] selected = new int[3];
    float[] scores = {Float.NaN, 1, 1};
    assertThat(selector.select(scores, 0, 3, 1, 0, selected)).isZero();
    assertThat(selector.nanScores()).isEqualTo(1);
    assertThatThrownBy(() -> selector.select(scores, 2, 3, 1, 0, selected))
        .hasMessageContaining("do not fit");
    assertThat(selector.select(scores, 0, 0, 1, 0.5, selected)).isZero();
    assertThat(selector.select(scores, 0, 3, 1, 1, selected)).isEqualTo(2);
    assertThat(selected).startsWith(1, 2);
    assertThat(selector.nanScores()).isEqualTo(1);
    assertThat(selector.select(scores, 0, 1, 1, 1, selected)).isZero();
    float infinity = Float.POSITIVE_INFINITY;
    assertThat(selector.select(new float[] {9, infinity, 9}, 0, 3, 1, 0.9, selected)).isEqualTo(1);
    assertThat(selected[0]).isEqualTo(1);
    assertThat(selector.select(new float[] {infinity, 9, infinity}, 0, 3, 1, 0.9, selected))
        .isEqualTo(2);
    assertThatThrownBy(() -> selector.select(scores, 0, 3, 1, 1.1, selected))
        .hasMessageContaining("1.1 is not in [0, 1]");
  }

  @Test
  void setsPerHeadAreReadAsTheirUnionAndASharedSetOnce() {
    BlockTable table = BlockTable.of(new int[] {4, 3, 2, 1, 0}, 80, 16);
    PageSelection selection = PageSelection.create(2, 16, 5);
    float[] perHead = {
      9, 0, 0, 0, 0, //
      0, 9, 0, 0, 0,
      0, 0, Float.NaN, 5, 0,
      0, 0, 1, 6, 0
    };
    selection.selectUnion(perHead, 2, table, 2);
    assertThat(pages(selection, 0)).containsExactly(0, 1, 4);
    assertThat(pages(selection, 1)).containsExactly(3, 4);
    assertThat(selection.nanScores()).isEqualTo(1);
    selection.selectShared(new float[] {1, 7, 0, 0, 0, 0, 0, 0, 8, 0}, table, 3);
    for (int head = 0; head < 2; head++) {
      assertThat(pages(selection, head)).containsExactly(1, 3, 4);
    }
    assertThatThrownBy(() -> selection.selectShared(new float[9], table, 3))
        .hasMessageContaining("9 scores for 2 heads × 5 pages");
  }

  private static int[] pages(PageSelection selection, int head) {
    return IntStream.range(0, selection.count(head)).map(i -> selection.page(head, i)).toArray();
  }

  private static float[] softmax(Random random, int n) {
    float[] p = new float[n];
    float sum = 0;
    for (int i = 0; i < n; i++) {
      p[i] = random.nextFloat();
      sum += p[i];
    }
    for (int i = 0; i < n; i++) {
      p[i] /= sum;
    }
    return p;
  }
}
