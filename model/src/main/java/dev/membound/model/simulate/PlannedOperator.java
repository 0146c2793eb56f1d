package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.network.Link;
import dev.membound.model.network.Network;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.OperatorShape;
import dev.membound.model.workload.PhaseSize;

/**
 * An operator on the engine that runs it, at any size: the equations of {@link Station}, with
 * everything that does not depend on the size computed before.
 */
abstract sealed class PlannedOperator {
  private final OperatorShape shape;

  private PlannedOperator(OperatorShape shape) {
    this.shape = shape;
  }

  static PlannedOperator of(OperatorShape shape, DeviceProfile device, ComputeEngine engine) {
    return shape.kernel().collective()
        ? new Exchange(shape, device.link().orElseThrow())
        : new Computation(shape, device.memoryOf(shape.home()).model(), engine);
  }

  boolean growsWithContext() {
    return shape.growsWithContext();
  }

  /** Time of all executions. */
  final double seconds(PhaseSize size) {
    return shape.runs(size) ? shape.repeats() * once(shape, size) : 0;
  }

  abstract double once(OperatorShape shape, PhaseSize size);

  private static final class Exchange extends PlannedOperator {
    private final Network network;

    Exchange(OperatorShape shape, Link link) {
      super(shape);
      network = link.network(shape.participants(), Draw.best());
    }

    @Override
    double once(OperatorShape shape, PhaseSize size) {
      return network.seconds(shape.kernel(), shape.inputBytes(size));
    }
  }

  private static final class Computation extends PlannedOperator {
    private final double readBytesPerSecond;
    private final double writeBytesPerSecond;
    private final double streamBytesPerSecond;
    private final double streamingEfficiency;
    private final double onChipBytes;
    private final double flopsPerSecond;
    private final double startupSeconds;
    private final double overlapExponent;

    Computation(OperatorShape shape, MemoryModel memory, ComputeEngine engine) {
      super(shape);
      Draw best = Draw.best();
      double inFlight = best.of(engine.bytesInFlight());
      long chunk = shape.chunkBytes();
      readBytesPerSecond = rate(memory, chunk, inFlight, Direction.READ);
      writeBytesPerSecond = rate(memory, chunk, inFlight, Direction.WRITE);
      streamBytesPerSecond = rate(memory, Operator.STREAM, inFlight, Direction.READ);
      streamingEfficiency = Math.min(1, best.of(engine.streamingEfficiency()));
      onChipBytes = best.of(engine.onChipBytes());
      flopsPerSecond =
          Station.flopsPerSecond(engine, shape.kernel(), shape.operand(), shape.compute(), best);
      startupSeconds = best.of(engine.startupSeconds());
      overlapExponent = Math.max(1, best.of(engine.overlapExponent().get(shape.kernel())));
    }

    private static double rate(
        MemoryModel memory, long chunk, double inFlight, Direction direction) {
      return memory.bytesPerSecond(new AccessPattern(chunk, inFlight, direction), Draw.best());
    }

    @Override
    double once(OperatorShape shape, PhaseSize size) {
      double memory = shape.streamedReadBytes(size) / readBytesPerSecond;
      long written = shape.kvWriteBytes(size);
      if (written > 0) {
        memory += written / writeBytesPerSecond;
      }
      long activations = shape.activationBytes(size);
      if (activations > onChipBytes) {
        memory += activations / streamBytesPerSecond;
      }
      memory /= streamingEfficiency;
      double compute = shape.flops(size) / flopsPerSecond;
      return startupSeconds + OverlapLaw.seconds(memory, compute, overlapExponent);
    }
  }
}
