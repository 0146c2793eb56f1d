package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.network.Link;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A device with one thing improved. */
final class BetterDevices {
  private BetterDevices() {}

  static DeviceProfile withMemoryTimes(DeviceProfile d, double factor) {
    return new DeviceProfile(
        d.name(),
        d.title(),
        d.description(),
        faster(d.memory(), factor),
        d.kvMemory().map(tier -> faster(tier, factor)),
        d.engines(),
        d.link(),
        d.power(),
        d.facts(),
        d.modelError());
  }

  static DeviceProfile withPeaksTimes(DeviceProfile d, double factor) {
    return withEngines(
        d,
        e -> {
          Map<DataFormat, Quantity> peaks = new EnumMap<>(DataFormat.class);
          e.peakFlops().forEach((format, q) -> peaks.put(format, times(q, factor)));
          return engine(e, peaks, e.startupSeconds(), e.bytesInFlight());
        });
  }

  static DeviceProfile withStartupTimes(DeviceProfile d, double factor) {
    return withEngines(
        d, e -> engine(e, e.peakFlops(), times(e.startupSeconds(), factor), e.bytesInFlight()));
  }

  static DeviceProfile withBytesInFlightTimes(DeviceProfile d, double factor) {
    return withEngines(
        d, e -> engine(e, e.peakFlops(), e.startupSeconds(), times(e.bytesInFlight(), factor)));
  }

  /** The same device with a link of more bandwidth and less latency, where it has one. */
  static DeviceProfile withLink(DeviceProfile d, double bandwidthFactor, double latencyFactor) {
    return withLink(
        d,
        d.link()
            .map(
                link ->
                    new Link(
                        link.name(),
                        times(link.bytesPerSecond(), bandwidthFactor),
                        times(link.latencySeconds(), latencyFactor),
                        times(link.hopSeconds(), latencyFactor),
                        times(link.landingSeconds(), latencyFactor),
                        link.topology(),
                        link.reducesInNetwork(),
                        link.algorithms())));
  }

  static DeviceProfile withoutLink(DeviceProfile d) {
    return withLink(d, Optional.empty());
  }

  private static DeviceProfile withLink(DeviceProfile d, Optional<Link> link) {
    return new DeviceProfile(
        d.name(),
        d.title(),
        d.description(),
        d.memory(),
        d.kvMemory(),
        d.engines(),
        link,
        d.power(),
        d.facts(),
        d.modelError());
  }

  private static DeviceProfile withEngines(DeviceProfile d, UnaryOperator<ComputeEngine> better) {
    return new DeviceProfile(
        d.name(),
        d.title(),
        d.description(),
        d.memory(),
        d.kvMemory(),
        d.engines().stream().map(better).toList(),
        d.link(),
        d.power(),
        d.facts(),
        d.modelError());
  }

  private static ComputeEngine engine(
      ComputeEngine e, Map<DataFormat, Quantity> peaks, Quantity startup, Quantity bytesInFlight) {
    return new ComputeEngine(
        e.name(),
        e.place(),
        e.operands(),
        peaks,
        startup,
        e.streamingEfficiency(),
        e.onChipBytes(),
        bytesInFlight,
        e.efficiency(),
        e.overlapExponent(),
        e.joulesPerFlop());
  }

  private static Quantity times(Quantity q, double factor) {
    return q.idealised(q.value() * factor);
  }

  private static MemoryTier faster(MemoryTier tier, double factor) {
    MemoryModel model =
        tier.model() instanceof NearMemory near
            ? new FasterNear(near, factor)
            : new Faster(tier.model(), factor);
    return new MemoryTier(tier.name(), tier.capacityBytes(), model);
  }

  private record Faster(MemoryModel slow, double factor) implements MemoryModel {
    @Override
    public double bytesPerSecond(AccessPattern pattern, Draw draw) {
      return factor * slow.bytesPerSecond(pattern, draw);
    }

    @Override
    public double latencySeconds(Draw draw) {
      return slow.latencySeconds(draw);
    }

    @Override
    public double joulesPerByte(AccessPattern pattern, Draw draw) {
      return slow.joulesPerByte(pattern, draw);
    }

    @Override
    public MemoryModel ideal() {
      return new Faster(slow.ideal(), factor);
    }

    @Override
    public Map<String, Quantity> quantities() {
      return slow.quantities();
    }
  }

  private record FasterNear(NearMemory slow, double factor) implements NearMemory {
    @Override
    public double bytesPerSecond(AccessPattern pattern, Draw draw) {
      return factor * slow.bytesPerSecond(pattern, draw);
    }

    @Override
    public double latencySeconds(Draw draw) {
      return slow.latencySeconds(draw);
    }

    @Override
    public double joulesPerByte(AccessPattern pattern, Draw draw) {
      return slow.joulesPerByte(pattern, draw);
    }

    @Override
    public NearMemory ideal() {
      return new FasterNear(slow.ideal(), factor);
    }

    @Override
    public Map<String, Quantity> quantities() {
      return slow.quantities();
    }

    @Override
    public MemoryModel near() {
      return new Faster(slow.near(), factor);
    }

    @Override
    public double nearCapacityBytes(Draw draw) {
      return slow.nearCapacityBytes(draw);
    }

    @Override
    public double exchangeSeconds(
        long inputBytes, long outputBytes, long intermediateBytes, Draw draw) {
      return slow.exchangeSeconds(inputBytes, outputBytes, intermediateBytes, draw);
    }
  }
}
