package dev.membound.model.energy;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.energy.Component.Kind;
import dev.membound.model.energy.EngineSites.Site;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.OperatorShape;
import dev.membound.model.workload.PhaseSize;
import java.util.List;

/** Energies of the operators of a phase: coefficients once, joules at any size. */
public final class PhaseEnergy {
  private final OperatorEnergy[] operators;

  private PhaseEnergy(OperatorEnergy[] operators) {
    this.operators = operators;
  }

  static PhaseEnergy of(EnergyModel model, List<OperatorShape> shapes, EngineSites sites) {
    return new PhaseEnergy(
        shapes.stream()
            .map(shape -> OperatorEnergy.of(model, shape, sites.of(shape.name())))
            .toArray(OperatorEnergy[]::new));
  }

  /**
   * Adds the dynamic energy of the phase to an account.
   *
   * @param times executions, times the {@code workShare} of the sharding where devices idle
   */
  public void add(PhaseSize size, double times, double[] account) {
    for (OperatorEnergy operator : operators) {
      operator.add(size, times, account);
    }
  }

  /**
   * One operator on all devices that run it.
   *
   * @param devices that run it
   * @param memory, activations, link, arithmetic, onChip indices of components
   */
  private record OperatorEnergy(
      OperatorShape shape,
      double devices,
      int memory,
      double readJoulesPerByte,
      double writeJoulesPerByte,
      int activations,
      double streamJoulesPerByte,
      int onChip,
      double onChipJoulesPerByte,
      double onChipBytes,
      int link,
      double linkJoulesPerByte,
      boolean exchanging,
      int arithmetic,
      double joulesPerFlop) {

    static OperatorEnergy of(EnergyModel model, OperatorShape shape, Site site) {
      HardwareSystem system = model.system();
      Draw draw = model.draw();
      DeviceProfile device = site.device();
      ComputeEngine engine = site.engine();
      boolean onModule = site.onModule();
      double inFlight = draw.of(engine.bytesInFlight());
      AccessPattern stream =
          new AccessPattern(Operator.STREAM, inFlight, AccessPattern.Direction.READ);
      MemoryModel memory = device.memoryOf(shape.home()).model();
      boolean near = engine.place() == ComputeEngine.Place.NEAR;
      MemoryModel view = near && memory instanceof NearMemory n ? n.near() : memory;
      boolean collective = shape.kernel().collective();
      boolean exchanging = !collective && engine != system.device().mainEngine();
      String linkName = "exchange with the host";
      double linkJoules = 0;
      if (collective) {
        linkName = device.link().orElseThrow().name();
        linkJoules = model.facts().linkJoulesPerByte(device, draw);
      } else if (exchanging && memory instanceof NearMemory n) {
        // What the host pays beyond what the engines inside pay.
        double host = n.joulesPerByte(stream, draw);
        linkJoules = Math.max(0, host - n.near().joulesPerByte(stream, draw));
      }
      // What the engine does not reach, the first one reads from outside and computes.
      ComputeEngine first = device.mainEngine();
      double reach = site.reach();
      double flopJoules = collective ? 0 : reach * flopJoules(model, device, engine, shape);
      if (reach < 1) {
        flopJoules += (1 - reach) * flopJoules(model, device, first, shape);
      }
      double outside = draw.of(first.bytesInFlight());
      AccessPattern.Direction read = AccessPattern.Direction.READ;
      AccessPattern.Direction write = AccessPattern.Direction.WRITE;
      return new OperatorEnergy(
          shape,
          onModule ? system.kvModules() : system.count(),
          model.indexOf(Kind.MEMORY, "memory " + device.memoryOf(shape.home()).name(), onModule),
          reach * view.joulesPerByte(pattern(shape, inFlight, read), draw)
              + (1 - reach) * memory.joulesPerByte(pattern(shape, outside, read), draw),
          reach * view.joulesPerByte(pattern(shape, inFlight, write), draw)
              + (1 - reach) * memory.joulesPerByte(pattern(shape, outside, write), draw),
          model.indexOf(Kind.MEMORY, "memory " + device.memory().name(), onModule),
          device.memory().model().joulesPerByte(stream, draw),
          model.indexOf(Kind.ON_CHIP, "on chip", onModule),
          draw.of(model.facts().onChipJoulesPerByte()),
          draw.of(engine.onChipBytes()),
          collective || exchanging ? model.indexOf(Kind.LINK, "link " + linkName, onModule) : -1,
          reach * linkJoules,
          exchanging,
          collective
              ? -1
              : model.indexOf(Kind.ARITHMETIC, "arithmetic " + shape.compute(), onModule),
          flopJoules);
    }

    private static double flopJoules(
        EnergyModel model, DeviceProfile device, ComputeEngine engine, OperatorShape shape) {
      return model.facts().fullClockWatts(device, engine, model.draw())
          / model.draw().of(engine.peak(shape.compute()));
    }

    private static AccessPattern pattern(
        OperatorShape shape, double inFlight, AccessPattern.Direction direction) {
      return new AccessPattern(shape.chunkBytes(), inFlight, direction);
    }

    void add(PhaseSize size, double times, double[] account) {
      if (!shape.runs(size)) {
        return;
      }
      double runs = times * shape.repeats() * devices;
      if (arithmetic < 0) {
        account[link] += runs * shape.collectiveBytes(size) * linkJoulesPerByte;
        return;
      }
      account[memory] +=
          runs
              * (shape.streamedReadBytes(size) * readJoulesPerByte
                  + shape.kvWriteBytes(size) * writeJoulesPerByte);
      account[arithmetic] += runs * shape.flops(size) * joulesPerFlop;
      if (exchanging) {
        account[link] +=
            runs * (shape.inputBytes(size) + shape.outputBytes(size)) * linkJoulesPerByte;
        return;
      }
      long moved = shape.activationBytes(size);
      if (moved > onChipBytes) {
        account[activations] += runs * moved * streamJoulesPerByte;
      } else {
        account[onChip] += runs * moved * onChipJoulesPerByte;
      }
    }
  }
}
