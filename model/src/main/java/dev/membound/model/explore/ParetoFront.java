package dev.membound.model.explore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Points that no other point beats: as good in every objective and better in one. */
public final class ParetoFront {
  private final List<Objective> objectives;

  /** Front under objectives, at least one. */
  public ParetoFront(List<Objective> objectives) {
    if (objectives.isEmpty()) {
      throw new IllegalArgumentException("a front needs at least one objective");
    }
    this.objectives = List.copyOf(objectives);
  }

  /**
   * The points of the front, best in the first objective first, then by the next ones, then by
   * index. Of points with equal objectives all stay.
   */
  public List<DesignPoint> of(List<DesignPoint> points) {
    List<DesignPoint> sorted = new ArrayList<>(points);
    sorted.sort(order());
    List<DesignPoint> front = new ArrayList<>();
    for (DesignPoint candidate : sorted) {
      // Whoever dominates comes before; and of those, one that is itself on the front.
      if (front.stream().noneMatch(kept -> dominates(kept, candidate))) {
        front.add(candidate);
      }
    }
    return front;
  }

  private Comparator<DesignPoint> order() {
    Comparator<DesignPoint> order = null;
    for (Objective objective : objectives) {
      Comparator<DesignPoint> next = Comparator.comparingDouble(p -> cost(p, objective));
      order = order == null ? next : order.thenComparing(next);
    }
    return order.thenComparingLong(DesignPoint::index);
  }

  private static double cost(DesignPoint point, Objective objective) {
    double value = point.value(objective.metric());
    return objective.maximise() ? -value : value;
  }

  boolean dominates(DesignPoint one, DesignPoint other) {
    boolean better = false;
    for (Objective objective : objectives) {
      double mine = cost(one, objective);
      double theirs = cost(other, objective);
      if (mine > theirs) {
        return false;
      }
      better |= mine < theirs;
    }
    return better;
  }
}
