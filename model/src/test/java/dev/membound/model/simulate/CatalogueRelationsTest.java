package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryPart;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.PrefillWorkload;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Relations that hold whatever the numbers: over every device and memory of the catalogue. */
class CatalogueRelationsTest {
  private static final LlmArchitecture MODEL = LlmCatalogue.find("llama-3.1-8b");
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  static Stream<DeviceProfile> devices() {
    return DeviceCatalogue.all().stream();
  }

  static Stream<MemoryPart> memories() {
    return MemoryCatalogue.all().stream();
  }

  private static List<InferenceWorkload> workloads(DeviceProfile device) {
    List<InferenceWorkload> all = new ArrayList<>();
    for (int batch : new int[] {1, 16}) {
      all.add(new DecodeWorkload(batch, 4000, F16, new KvSelection.Dense()));
    }
    boolean prefills = device.engines().stream().anyMatch(e -> e.runs(Kernel.GEMM, DataFormat.F16));
    if (prefills) {
      all.add(new PrefillWorkload(1, 500, F16));
    }
    return all;
  }

  private static double seconds(DeviceProfile device, InferenceWorkload workload) {
    return Simulator.bestSeconds(HardwareSystem.of(device, 1), MODEL, workload);
  }

  // Ideal limits.

  @ParameterizedTest
  @MethodSource("memories")
  void aMemoryAtItsLimitStreamsAtItsPeak(MemoryPart part) {
    Map<String, Quantity> of = part.tier().quantities();
    double peak =
        of.containsKey("peak_bandwidth")
            ? of.get("peak_bandwidth").value()
            : of.get("read_bandwidth").value();

    assertThat(part.tier().model().ideal().bytesPerSecond(AccessPattern.streamRead(), Draw.best()))
        .isCloseTo(peak, withinPercentage(1e-9));
  }

  static Stream<Arguments> models() {
    Stream<Arguments> parts =
        memories().map(part -> Arguments.of(part.name(), part.tier().model()));
    Stream<Arguments> inside =
        devices().map(device -> Arguments.of(device.name(), device.memory().model()));
    Stream<Arguments> near =
        devices()
            .filter(device -> device.memory().model() instanceof NearMemory)
            .map(
                device ->
                    Arguments.of(
                        device.name() + " near", ((NearMemory) device.memory().model()).near()));
    return Stream.of(parts, inside, near).flatMap(s -> s);
  }

  @ParameterizedTest
  @MethodSource("models")
  void noPatternIsFasterThanTheLimitAndLongerChunksAreNeverSlower(String name, MemoryModel model) {
    double limit = model.ideal().bytesPerSecond(AccessPattern.streamRead(), Draw.best());
    double last = 0;
    for (long chunk = 32; chunk <= 1 << 20; chunk *= 2) {
      AccessPattern reads = new AccessPattern(chunk, 1e9, Direction.READ);
      double rate = model.bytesPerSecond(reads, Draw.best());
      assertThat(rate).isPositive().isBetween(last * (1 - 1e-12), limit * (1 + 1e-9));
      assertThat(model.joulesPerByte(reads, Draw.best())).isPositive();
      last = rate;
    }
    assertThat(model.bytesPerSecond(new AccessPattern(4096, 1e5, Direction.READ), Draw.best()))
        .isLessThanOrEqualTo(
            model.bytesPerSecond(new AccessPattern(4096, 1e6, Direction.READ), Draw.best()));
  }

  // Better hardware.

  @ParameterizedTest
  @MethodSource("devices")
  void moreBandwidthOrArithmeticOrLessDelayIsNeverSlower(DeviceProfile device) {
    for (InferenceWorkload workload : workloads(device)) {
      double now = seconds(device, workload);
      assertThat(seconds(BetterDevices.withMemoryTimes(device, 2), workload))
          .isLessThanOrEqualTo(now);
      assertThat(seconds(BetterDevices.withPeaksTimes(device, 2), workload))
          .isLessThanOrEqualTo(now);
      assertThat(seconds(BetterDevices.withStartupTimes(device, 0.5), workload))
          .isLessThanOrEqualTo(now);
      assertThat(seconds(device.ideal(), workload)).isLessThanOrEqualTo(now);
    }
  }

  // Sharing and parts.

  @ParameterizedTest
  @MethodSource("devices")
  void anOperatorLiesBetweenTheLargestAndTheSumOfItsParts(DeviceProfile device) {
    Simulator simulator = new Simulator(1, 1);
    for (InferenceWorkload workload : workloads(device)) {
      Estimate estimate = simulator.estimate(HardwareSystem.of(device, 1), MODEL, workload);
      for (OperatorEstimate o : estimate.operators()) {
        double largest =
            Math.max(
                Math.max(o.startupSeconds(), o.linkSeconds()),
                Math.max(o.memorySeconds(), o.computeSeconds()));
        double sum = o.startupSeconds() + o.linkSeconds() + o.memorySeconds() + o.computeSeconds();
        assertThat(o.seconds()).isBetween(largest * (1 - 1e-12), sum * (1 + 1e-12));
      }
      assertThat(estimate.operators()).noneMatch(o -> o.operator().contains("all-reduce"));
    }
  }

  @Test
  void everyDeviceRunsSomething() {
    assertThat(devices()).allSatisfy(device -> assertThat(workloads(device)).isNotEmpty());
    assertThat(devices().map(DeviceProfile::mainEngine).map(ComputeEngine::name)).isNotEmpty();
  }
}
