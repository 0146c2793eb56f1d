package dev.membound.model.memory.measured;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * A memory as a calibration measured it: streaming read bandwidth times the chunk curve, which is
 * linear in the logarithm of the chunk between measured sizes and costs a fixed delay a chunk
 * outside them ({@code 1/fraction = 1 + delay/chunk}). Concurrency is part of what was measured, so
 * {@link AccessPattern#bytesInFlight()} has no effect.
 */
public final class MeasuredMemory implements MemoryModel {
  private final Quantity readBytesPerSecond;
  private final Quantity writeFraction;
  private final NavigableMap<Long, Quantity> fractionByChunkBytes;
  private final Quantity latencySeconds;
  private final Quantity joulesPerByte;

  /**
   * A measured memory.
   *
   * @param writeFraction write over read bandwidth
   * @param fractionByChunkBytes share of streaming bandwidth by chunk size; empty for 1 everywhere
   */
  public MeasuredMemory(
      Quantity readBytesPerSecond,
      Quantity writeFraction,
      Map<Long, Quantity> fractionByChunkBytes,
      Quantity latencySeconds,
      Quantity joulesPerByte) {
    this.readBytesPerSecond = readBytesPerSecond;
    this.writeFraction = writeFraction;
    this.fractionByChunkBytes =
        Collections.unmodifiableNavigableMap(new TreeMap<>(fractionByChunkBytes));
    this.latencySeconds = latencySeconds;
    this.joulesPerByte = joulesPerByte;
  }

  @Override
  public double bytesPerSecond(AccessPattern pattern, Draw draw) {
    double read = draw.of(readBytesPerSecond) * chunkFraction(pattern.chunkBytes(), draw);
    double written = pattern.writeShare();
    return written == 0 ? read : read / (1 - written + written / draw.of(writeFraction));
  }

  @Override
  public double latencySeconds(Draw draw) {
    return draw.of(latencySeconds);
  }

  @Override
  public double joulesPerByte(AccessPattern pattern, Draw draw) {
    return draw.of(joulesPerByte);
  }

  @Override
  public MeasuredMemory ideal() {
    return new MeasuredMemory(
        readBytesPerSecond.withoutInterval(),
        writeFraction.idealised(1),
        Map.of(),
        latencySeconds.idealised(0),
        joulesPerByte.withoutInterval());
  }

  @Override
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("read_bandwidth", readBytesPerSecond);
    all.put("write_fraction", writeFraction);
    fractionByChunkBytes.forEach((bytes, q) -> all.put("chunk_" + bytes + "_B_fraction", q));
    all.put("latency", latencySeconds);
    all.put("energy", joulesPerByte);
    return all;
  }

  private double chunkFraction(long chunkBytes, Draw draw) {
    if (chunkBytes == Long.MAX_VALUE || fractionByChunkBytes.isEmpty()) {
      return 1;
    }
    Map.Entry<Long, Quantity> below = fractionByChunkBytes.floorEntry(chunkBytes);
    Map.Entry<Long, Quantity> above = fractionByChunkBytes.ceilingEntry(chunkBytes);
    if (below == null || above == null) {
      Map.Entry<Long, Quantity> end = below == null ? above : below;
      double delayInChunks = 1 / Math.min(1, draw.of(end.getValue())) - 1;
      return 1 / (1 + delayInChunks * end.getKey() / chunkBytes);
    }
    double low = Math.min(1, draw.of(below.getValue()));
    if (below.getKey().equals(above.getKey())) {
      return low;
    }
    double high = Math.min(1, draw.of(above.getValue()));
    double position =
        StrictMath.log((double) chunkBytes / below.getKey())
            / StrictMath.log((double) above.getKey() / below.getKey());
    return low + position * (high - low);
  }
}
