package dev.membound.model.calibrate;

import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * Bandwidth of contiguous chunks at random places, as a fraction of streaming. Linear in the
 * logarithm of the chunk size between measured sizes. Outside them a chunk costs a fixed delay:
 * {@code 1/fraction = 1 + delay/chunk}.
 */
final class ChunkCurve {
  /** Streams at any size: where no curve was measured. */
  static final ChunkCurve FLAT = new ChunkCurve(Map.of());

  private final NavigableMap<Long, Double> fractionByBytes;

  ChunkCurve(Map<Long, Double> fractionByBytes) {
    this.fractionByBytes = new TreeMap<>(fractionByBytes);
  }

  double fraction(long chunkBytes) {
    if (fractionByBytes.isEmpty()) {
      return 1;
    }
    Map.Entry<Long, Double> below = fractionByBytes.floorEntry(chunkBytes);
    Map.Entry<Long, Double> above = fractionByBytes.ceilingEntry(chunkBytes);
    if (below == null) {
      return extrapolated(above, chunkBytes);
    }
    if (above == null) {
      return extrapolated(below, chunkBytes);
    }
    if (below.getKey().equals(above.getKey())) {
      return below.getValue();
    }
    double position =
        StrictMath.log((double) chunkBytes / below.getKey())
            / StrictMath.log((double) above.getKey() / below.getKey());
    return below.getValue() + position * (above.getValue() - below.getValue());
  }

  private static double extrapolated(Map.Entry<Long, Double> end, long chunkBytes) {
    double delayInChunks = 1 / end.getValue() - 1;
    return 1 / (1 + delayInChunks * end.getKey() / chunkBytes);
  }
}
