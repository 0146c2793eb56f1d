package dev.membound.model.published.fit;

import dev.membound.model.published.ServingLatency;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Predicts serving rows from fits that never saw their group: same checkpoint, system and
 * precision.
 *
 * <p>The interval of a left-out group is the spread of the errors of the other groups, each
 * predicted by a fit that saw neither it nor the left-out one: no row of a group enters its own
 * prediction or its own interval, in any way.
 */
public final class ServingValidation {

  /**
   * A row that was left out.
   *
   * @param predictedSeconds, lowSeconds, highSeconds time an output token with its 90 % interval
   */
  public record LeftOut(
      ServingLatency row, double predictedSeconds, double lowSeconds, double highSeconds) {}

  private final List<ServingLatency> rows;
  private final Map<ServingLatency, ServingWork> works = new IdentityHashMap<>();
  private final List<String> groups;

  /** Over all groups of {@code rows}. */
  public ServingValidation(List<ServingLatency> rows) {
    this.rows = List.copyOf(rows);
    groups = rows.stream().map(ServingLatency::group).distinct().toList();
    rows.forEach(row -> works.put(row, ServingWork.of(row)));
  }

  /** The rows that a fit without {@code groups} sees. */
  List<ServingLatency> training(Set<String> leftOut) {
    return rows.stream().filter(row -> !leftOut.contains(row.group())).toList();
  }

  /** The fit without some groups. */
  public ServingFit fit(Set<String> leftOut) {
    return ServingFit.of(training(leftOut), works::get);
  }

  /** Every row, left out with its group, in order. Needs at least three groups. */
  public List<LeftOut> leaveOneGroupOut() {
    int n = groups.size();
    if (n < 3) {
      throw new IllegalArgumentException("needs at least 3 groups to leave one out, got " + n);
    }
    List<Set<String>> folds = new ArrayList<>();
    for (int a = 0; a < n; a++) {
      for (int b = a; b < n; b++) {
        folds.add(a == b ? Set.of(groups.get(a)) : Set.of(groups.get(a), groups.get(b)));
      }
    }
    // Independent fits, each deterministic: their order of execution does not matter.
    List<ServingFit> fits =
        IntStream.range(0, folds.size()).parallel().mapToObj(i -> fit(folds.get(i))).toList();
    Map<Set<String>, ServingFit> byFold = new LinkedHashMap<>();
    for (int i = 0; i < folds.size(); i++) {
      byFold.put(folds.get(i), fits.get(i));
    }
    Map<String, ErrorBand> bands =
        groups.stream().collect(Collectors.toMap(g -> g, g -> band(g, byFold)));
    return rows.stream()
        .map(
            row -> {
              double predicted = seconds(byFold.get(Set.of(row.group())), row);
              ErrorBand band = bands.get(row.group());
              return new LeftOut(
                  row, predicted, predicted * band.lowRatio(), predicted * band.highRatio());
            })
        .toList();
  }

  private ErrorBand band(String leftOut, Map<Set<String>, ServingFit> fits) {
    double[] errors =
        rows.stream()
            .filter(row -> !row.group().equals(leftOut))
            .mapToDouble(row -> logError(fits.get(Set.of(leftOut, row.group())), row))
            .toArray();
    return ErrorBand.of(errors);
  }

  private double logError(ServingFit fit, ServingLatency row) {
    return StrictMath.log(row.secondsPerToken() / seconds(fit, row));
  }

  private double seconds(ServingFit fit, ServingLatency row) {
    return fit.secondsPerToken(works.get(row), row.engine());
  }
}
