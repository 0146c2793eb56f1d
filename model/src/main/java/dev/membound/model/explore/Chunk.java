package dev.membound.model.explore;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run of neighbouring points came to.
 *
 * @param points evaluated or refused
 * @param fitting of them
 * @param refused points by the reason why their system cannot run at all
 * @param front of every scenario in the chunk alone
 */
record Chunk(long points, long fitting, Map<String, Long> refused, List<DesignPoint> front) {
  Chunk {
    refused = new TreeMap<>(refused);
    front = List.copyOf(front);
  }

  /** Evaluates the points from {@code first} to before {@code end}. */
  static Chunk evaluate(Sweep sweep, long first, long end, PointSink sink) {
    Map<String, Long> refused = new TreeMap<>();
    List<DesignPoint> kept = new ArrayList<>();
    long fitting = 0;
    long groupOf = -1;
    DesignGroup group = null;
    String groupRefusal = null;
    for (long index = first; index < end; index++) {
      Design design = sweep.design(index);
      if (index / sweep.pointsPerGroup() != groupOf) {
        groupOf = index / sweep.pointsPerGroup();
        groupRefusal = null;
        try {
          group = new DesignGroup(sweep, design);
        } catch (IllegalArgumentException | ArithmeticException e) {
          groupRefusal = reason(e);
        }
      }
      if (groupRefusal != null) {
        refused.merge(groupRefusal, 1L, Long::sum);
        continue;
      }
      if (!group.fits(design.batch(), design.contextTokens())) {
        continue;
      }
      try {
        double[] metrics =
            group.metrics(
                design.batch(), design.contextTokens(), design.capWatts(), design.replicas());
        DesignPoint point = new DesignPoint(index, metrics);
        fitting++;
        sink.accept(design, point);
        kept.add(point);
      } catch (IllegalArgumentException | ArithmeticException e) {
        refused.merge(reason(e), 1L, Long::sum);
      }
    }
    return new Chunk(end - first, fitting, refused, sweep.fronts(kept));
  }

  private static String reason(RuntimeException refusal) {
    return refusal instanceof ArithmeticException
        ? "a count exceeds 64 bits"
        : refusal.getMessage();
  }

  /** Takes every point that fits, in order. */
  @FunctionalInterface
  interface PointSink {
    void accept(Design design, DesignPoint point);
  }
}
