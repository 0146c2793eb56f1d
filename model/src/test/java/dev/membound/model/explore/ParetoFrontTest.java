package dev.membound.model.explore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.cost.Metric;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParetoFrontTest {
  private static final List<Objective> OBJECTIVES =
      List.of(
          new Objective(Metric.TOKENS_PER_SECOND, true),
          new Objective(Metric.USD_PER_MILLION_TOKENS, false),
          new Objective(Metric.WALL_WATTS, false));

  private static DesignPoint point(long index, double rate, double usd, double watts) {
    double[] values = new double[Metric.values().length];
    values[Metric.TOKENS_PER_SECOND.ordinal()] = rate;
    values[Metric.USD_PER_MILLION_TOKENS.ordinal()] = usd;
    values[Metric.WALL_WATTS.ordinal()] = watts;
    return new DesignPoint(index, values);
  }

  private static List<DesignPoint> randomPoints(long seed, int count) {
    Random random = new Random(seed);
    List<DesignPoint> points = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      // Few distinct values, so that ties occur.
      points.add(point(i, random.nextInt(20), random.nextInt(20), random.nextInt(20)));
    }
    return points;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theFrontIsWhatNobodyDominates(long seed) {
    ParetoFront pareto = new ParetoFront(OBJECTIVES);
    List<DesignPoint> points = randomPoints(seed, 500);
    List<DesignPoint> expected =
        points.stream()
            .filter(p -> points.stream().noneMatch(other -> pareto.dominates(other, p)))
            .toList();
    assertThat(pareto.of(points)).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 8})
  void frontsOfPartsGiveTheFrontOfAllInAnyOrder(long seed) {
    ParetoFront pareto = new ParetoFront(OBJECTIVES);
    List<DesignPoint> points = randomPoints(seed, 400);
    List<DesignPoint> whole = pareto.of(points);
    List<DesignPoint> parts = new ArrayList<>();
    for (int from = 0; from < points.size(); from += 70) {
      parts.addAll(pareto.of(points.subList(from, Math.min(points.size(), from + 70))));
    }
    Collections.shuffle(parts, new Random(seed));
    assertThat(pareto.of(parts)).isEqualTo(whole);
  }

  @Test
  void equalPointsAllStayAndTheBestInTheFirstObjectiveLeads() {
    List<DesignPoint> front =
        new ParetoFront(OBJECTIVES)
            .of(
                List.of(
                    point(0, 5, 1, 1), point(1, 9, 2, 1), point(2, 5, 1, 1), point(3, 4, 1, 1)));
    assertThat(front).extracting(DesignPoint::index).containsExactly(1L, 0L, 2L);
  }

  @Test
  void aFrontWithoutObjectivesIsRefused() {
    assertThatThrownBy(() -> new ParetoFront(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
