package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.stacked.StackedMemory;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.OperatorCost;

/**
 * An engine with its view of a memory: where operators run.
 *
 * <pre>
 *   memory  = Σ bytes / (efficiency · bandwidth(chunk, in flight, direction))
 *   compute = flops / (efficiency(kernel, format) · peak(format))
 *   t       = t0 + exchange + overlap(memory, compute)
 * </pre>
 *
 * Logic in a stack waits besides until the heat of both is given off, see {@link StackedMemory}.
 *
 * @param device that the engine belongs to
 * @param exchanging whether operands come from and results go to another engine
 */
record Station(DeviceProfile device, ComputeEngine engine, boolean exchanging) {

  boolean isNear() {
    return engine.place() == ComputeEngine.Place.NEAR;
  }

  boolean runs(Operator operator) {
    return engine.runs(operator.kernel(), operator.operand());
  }

  String label() {
    return device.name() + "/" + engine.name();
  }

  private MemoryModel view(Operator operator) {
    MemoryModel memory = device.memoryOf(operator.home()).model();
    return isNear() && memory instanceof NearMemory near ? near.near() : memory;
  }

  /** Share of {@code heldBytes} a device that the engine reaches. */
  double reach(double heldBytes, Draw draw) {
    if (isNear() && device.memory().model() instanceof NearMemory near && heldBytes > 0) {
      return Math.min(1, near.nearCapacityBytes(draw) / heldBytes);
    }
    return 1;
  }

  /** Time of {@code share} of one execution of {@code operator}. */
  OperatorTime time(Operator operator, double share, Draw draw) {
    OperatorCost cost = operator.cost();
    double memory = share * memorySeconds(operator, draw);
    double flops =
        flopsPerSecond(engine, operator.kernel(), operator.operand(), operator.compute(), draw);
    double compute = Math.max(share * cost.flops() / flops, heatSeconds(0, share, operator, draw));
    double startup = draw.of(engine.startupSeconds());
    double link = exchanging ? share * exchangeSeconds(operator, draw) : 0;
    double exponent = Math.max(1, draw.of(engine.overlapExponent().get(operator.kernel())));
    double overlapped = OverlapLaw.seconds(memory, compute, exponent);
    boolean stacked = device.memoryOf(operator.home()) == device.memory();
    double joules = stacked ? share * memoryJoules(operator, draw) : 0;
    double heat = heatSeconds(joules, share, operator, draw);
    double busy = Math.max(overlapped, heat);
    return new OperatorTime(startup, memory, compute, link, startup + link + busy);
  }

  /** Time to give off {@code movingJoules} and the heat of the arithmetic, where a cap says so. */
  private double heatSeconds(double movingJoules, double share, Operator operator, Draw draw) {
    if (isNear() && device.memory().model() instanceof StackedMemory stacked) {
      double computing =
          share * operator.cost().flops() * engine.joulesPerFlop(operator.compute(), draw);
      return stacked.thermalCap().seconds(movingJoules + computing, draw);
    }
    return 0;
  }

  /** Rate of a kernel that no memory holds up. */
  static double flopsPerSecond(
      ComputeEngine engine, Kernel kernel, DataFormat operand, DataFormat compute, Draw draw) {
    Quantity efficiency = engine.efficiency(kernel, operand).orElseThrow();
    // Above 1 only where it was measured so: integer arithmetic against the floating-point peak.
    double shareOfPeak = Math.min(draw.of(efficiency), Math.max(1, efficiency.high()));
    return draw.of(engine.peak(compute)) * shareOfPeak;
  }

  private double memorySeconds(Operator operator, Draw draw) {
    OperatorCost cost = operator.cost();
    double inFlight = draw.of(engine.bytesInFlight());
    double efficiency = Math.min(1, draw.of(engine.streamingEfficiency()));
    MemoryModel memory = view(operator);
    double seconds = 0;
    if (cost.streamedReadBytes() > 0) {
      AccessPattern read =
          new AccessPattern(operator.chunkBytes(), inFlight, AccessPattern.Direction.READ);
      seconds += cost.streamedReadBytes() / memory.bytesPerSecond(read, draw);
    }
    if (cost.kvWriteBytes() > 0) {
      AccessPattern write =
          new AccessPattern(operator.chunkBytes(), inFlight, AccessPattern.Direction.WRITE);
      seconds += cost.kvWriteBytes() / memory.bytesPerSecond(write, draw);
    }
    // What is exchanged comes from another engine, not from this memory.
    if (!exchanging && cost.activationBytes() > draw.of(engine.onChipBytes())) {
      AccessPattern stream =
          new AccessPattern(Operator.STREAM, inFlight, AccessPattern.Direction.READ);
      seconds += cost.activationBytes() / memory.bytesPerSecond(stream, draw);
    }
    return seconds / efficiency;
  }

  private double exchangeSeconds(Operator operator, Draw draw) {
    if (device.memory().model() instanceof NearMemory near) {
      return near.exchangeSeconds(
          operator.inputBytes(), operator.outputBytes(), operator.intermediateBytes(), draw);
    }
    return 0;
  }

  /** Energy of the operator's traffic between cells and engine, joules. */
  double memoryJoules(Operator operator, Draw draw) {
    AccessPattern read =
        new AccessPattern(
            operator.chunkBytes(), draw.of(engine.bytesInFlight()), AccessPattern.Direction.READ);
    long bytes = operator.cost().streamedReadBytes() + operator.cost().kvWriteBytes();
    return bytes * view(operator).joulesPerByte(read, draw);
  }
}
