package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.memory.pim.PimMemory;
import dev.membound.model.memory.pim.PimUnits;
import dev.membound.model.memory.pnm.PnmMemory;
import dev.membound.model.memory.stacked.StackedMemory;
import dev.membound.model.network.CollectiveAlgorithm;
import dev.membound.model.network.Link;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.OperatorCost;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Closed-form limits and relations that hold whatever the numbers: every device of the catalogue,
 * with a model of every kind of attention and feed-forward, in every phase and way of sharing that
 * it runs.
 */
class WholeCatalogueTest {
  private static final Draw BEST = Draw.best();
  private static final double ULPS = 1 + 1e-12;
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  /** MHA, GQA, windows with experts, MLA, DSA with experts, linear hybrid, experts. */
  private static final List<LlmArchitecture> MODELS =
      Stream.of(
              "tiny",
              "opt-13b",
              "llama-3.1-70b",
              "gpt-oss-20b",
              "deepseek-v3",
              "deepseek-v3.2",
              "qwen3-next-80b-a3b",
              "mixtral-8x7b")
          .map(LlmCatalogue::find)
          .toList();

  static Stream<String> devices() {
    return DeviceCatalogue.all().stream().map(DeviceProfile::name);
  }

  private record Case(LlmArchitecture model, InferenceWorkload workload, Sharding sharding) {
    double seconds(DeviceProfile device) {
      return Simulator.bestSeconds(HardwareSystem.of(device, sharding), model, workload);
    }

    Estimate estimate(DeviceProfile device) {
      return new Simulator(1, 1).estimate(HardwareSystem.of(device, sharding), model, workload);
    }
  }

  /** What a device runs: one that streams no F16 or has no kernel for prompts runs less. */
  private static List<Case> cases(DeviceProfile device) {
    List<InferenceWorkload> workloads = new ArrayList<>();
    for (int batch : new int[] {1, 64}) {
      workloads.add(new DecodeWorkload(batch, 3000, F16, new KvSelection.Dense()));
      workloads.add(new DecodeWorkload(batch, 3000, F16, new KvSelection.QuestTopK(16, 1024)));
    }
    workloads.add(new DecodeWorkload(4, 3000, 5, 1000, F16, new KvSelection.Dense()));
    workloads.add(new PrefillWorkload(2, 700, F16));
    List<Sharding> shardings = new ArrayList<>(List.of(Sharding.NONE));
    if (device.link().isPresent()) {
      shardings.add(Sharding.tensor(4));
      shardings.add(new Sharding(2, 1, 4, 2, 1, 0));
      shardings.add(new Sharding(1, 2, 1, 1, 2, 0));
    }
    List<Case> cases = new ArrayList<>();
    for (LlmArchitecture model : MODELS) {
      for (InferenceWorkload workload : workloads) {
        for (Sharding sharding : shardings) {
          Case one = new Case(model, workload, sharding);
          if (runs(device, one)) {
            cases.add(one);
          }
        }
      }
    }
    assertThat(cases).as(device.name()).hasSizeGreaterThan(10);
    return cases;
  }

  private static boolean runs(DeviceProfile device, Case one) {
    return one.workload().operators(one.model(), one.sharding()).stream()
        .filter(o -> !o.kernel().collective())
        .allMatch(o -> hostOrWholeNear(device, o));
  }

  private static boolean hostOrWholeNear(DeviceProfile device, Operator operator) {
    return device.engines().stream()
        .anyMatch(
            e ->
                e.runs(operator.kernel(), operator.operand())
                    && (e.place() == ComputeEngine.Place.HOST
                        || !(device.memory().model() instanceof PimMemory)));
  }

  // Limits.

  @ParameterizedTest
  @MethodSource("devices")
  void everyMemoryAtItsLimitHasItsClosedForm(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    MemoryModel memory = device.memory().model();

    assertThat(streaming(memory.ideal())).isCloseTo(limit(memory), withinPercentage(1e-7));
    if (memory instanceof NearMemory near) {
      assertThat(streaming(near.near().ideal())).isCloseTo(nearLimit(near), withinPercentage(1e-7));
      assertThat(streaming(near.ideal().near())).isEqualTo(streaming(near.near().ideal()));
    }
  }

  private static double streaming(MemoryModel memory) {
    return memory.bytesPerSecond(AccessPattern.streamRead(), BEST);
  }

  private static double limit(MemoryModel memory) {
    Map<String, Quantity> of = memory.quantities();
    if (memory instanceof PnmMemory) {
      return Math.min(value(of, "peak_bandwidth"), value(of, "link_bandwidth"));
    }
    return value(of, of.containsKey("peak_bandwidth") ? "peak_bandwidth" : "read_bandwidth");
  }

  private static double nearLimit(NearMemory near) {
    Map<String, Quantity> of = near.quantities();
    return switch (near) {
      case PimMemory pim -> value(of, "units") * value(of, "column") / value(of, "column_access");
      case PnmMemory pnm -> value(of, "peak_bandwidth");
      case StackedMemory stacked -> limit(stacked) * value(of, "bandwidth_factor");
      default -> throw new AssertionError(near);
    };
  }

  private static double value(Map<String, Quantity> of, String name) {
    return of.get(name).value();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyDeviceAtItsLimitTakesTheLongerOfBytesAndFlops(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    DeviceProfile ideal = device.ideal();
    for (Case one : cases(device)) {
      if (one.sharding().devices() > 1 || device.engines().size() > 1) {
        continue;
      }
      double sum = 0;
      for (Operator operator : one.workload().operators(one.model(), one.sharding())) {
        sum += operator.repeats() * atTheLimit(ideal, operator);
      }
      assertThat(one.seconds(ideal)).as(one.toString()).isCloseTo(sum, withinPercentage(1e-7));
    }
  }

  private static double atTheLimit(DeviceProfile ideal, Operator operator) {
    ComputeEngine engine = ideal.mainEngine();
    MemoryModel memory = ideal.memoryOf(operator.home()).model();
    MemoryModel seen =
        engine.place() == ComputeEngine.Place.NEAR && memory instanceof NearMemory near
            ? near.near()
            : memory;
    OperatorCost cost = operator.cost();
    double activations =
        cost.activationBytes() > engine.onChipBytes().value() ? cost.activationBytes() : 0;
    double seconds =
        cost.streamedReadBytes() / rate(seen, operator.chunkBytes(), Direction.READ)
            + activations / rate(seen, Operator.STREAM, Direction.READ);
    if (cost.kvWriteBytes() > 0) {
      seconds += cost.kvWriteBytes() / rate(seen, operator.chunkBytes(), Direction.WRITE);
    }
    return Math.max(seconds, cost.flops() / engine.peak(operator.compute()).value());
  }

  private static double rate(MemoryModel memory, long chunk, Direction direction) {
    return memory.bytesPerSecond(new AccessPattern(chunk, Double.MAX_VALUE, direction), BEST);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyLinkAtItsLimitSendsTheLeastBytesThatACollectiveNeeds(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    Optional<Link> link = device.link();
    if (link.isEmpty() || !link.get().algorithms().contains(CollectiveAlgorithm.RING)) {
      return;
    }
    Link ideal = link.get().ideal();
    double bandwidth = ideal.bytesPerSecond().value();
    for (int n : new int[] {2, 8, 64}) {
      double share = (n - 1.0) / n;
      double reduced = ideal.network(n, BEST).allReduceSeconds(1e9);
      if (ideal.reducesInNetwork()) {
        assertThat(reduced).isCloseTo(1e9 / bandwidth, withinPercentage(1e-7));
      } else {
        assertThat(reduced).isCloseTo(2 * share * 1e9 / bandwidth, withinPercentage(1e-7));
      }
      assertThat(ideal.network(n, BEST).allGatherSeconds(1e9))
          .isCloseTo(share * 1e9 / bandwidth, withinPercentage(1e-7));
    }
  }

  @Test
  void flashWithPagesOfTheAccessSizeAndUnlimitedPagesInFlightIsItsBandwidth() {
    List<HbfMemory> flash =
        Stream.concat(
                MemoryCatalogue.all().stream().map(part -> part.tier().model()),
                DeviceCatalogue.all().stream().map(device -> device.memory().model()))
            .filter(HbfMemory.class::isInstance)
            .map(HbfMemory.class::cast)
            .toList();
    assertThat(flash).hasSizeGreaterThan(3);
    for (HbfMemory f : flash) {
      for (long chunk : new long[] {64, 4096, 12_345}) {
        HbfMemory fitting =
            new HbfMemory(
                f.capacityBytes(),
                f.pageBytes().idealised(chunk),
                f.pageReadSeconds(),
                f.readBytesPerSecond(),
                f.writeBytesPerSecond(),
                f.bufferBytes().idealised(Double.MAX_VALUE),
                f.cycles(),
                f.joulesPerByte(),
                f.kvCache());
        assertThat(rate(fitting, chunk, Direction.READ))
            .isCloseTo(f.readBytesPerSecond().value(), withinPercentage(1e-7));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void pimWithOneBankIsItsOwnDram(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    if (!(device.memory().model() instanceof PimMemory pim)) {
      return;
    }
    // One bank on one channel, paced by its bus, with the row timing of its own DRAM, no cap.
    var host = pim.host();
    var t = host.timing();
    double bank = host.peakBytesPerSecond().value() / host.channels().value();
    Quantity one = host.channels().idealised(1);
    var dram =
        new dev.membound.model.memory.dram.DramMemory(
            host.peakBytesPerSecond().idealised(bank),
            one,
            one,
            host.granuleBytes(),
            host.rowBytes(),
            new dev.membound.model.memory.dram.DramTiming(
                t.rowCycleSeconds().idealised(0),
                t.rowToColumnSeconds().idealised(14e-9),
                t.prechargeSeconds().idealised(14e-9),
                t.columnToColumnSeconds().idealised(host.granuleBytes().value() / bank),
                t.fourActivatesSeconds().idealised(0),
                t.turnaroundSeconds(),
                t.turnaroundBytes(),
                t.refreshSeconds(),
                t.refreshIntervalSeconds()),
            host.latencySeconds().idealised(0),
            host.joulesPerByte());
    PimUnits units =
        PimUnits.of(
            one,
            host.granuleBytes(),
            t.rowCycleSeconds().idealised(host.granuleBytes().value() / bank),
            t.rowCycleSeconds().idealised(28e-9));
    PimMemory single =
        new PimMemory(
            dram,
            units,
            pim.nearCapacityBytes(),
            pim.nearJoulesPerByte(),
            pim.powerCapWatts().idealised(Double.MAX_VALUE));
    for (long chunk : new long[] {64, 256, 1 << 20, Long.MAX_VALUE}) {
      AccessPattern reads = new AccessPattern(chunk, Double.POSITIVE_INFINITY, Direction.READ);
      if (chunk <= host.rowBytes().value() || chunk == Long.MAX_VALUE) {
        assertThat(single.near().bytesPerSecond(reads, BEST))
            .as("chunk %d", chunk)
            .isCloseTo(dram.bytesPerSecond(reads, BEST), withinPercentage(1e-7));
      }
    }
  }

  // Better hardware.

  @ParameterizedTest
  @MethodSource("devices")
  void moreBandwidthOrFlopsOrLessLatencyIsNeverSlower(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    List<DeviceProfile> better = new ArrayList<>();
    better.add(BetterDevices.withMemoryTimes(device, 1.5));
    better.add(BetterDevices.withMemoryTimes(device, 64));
    better.add(BetterDevices.withPeaksTimes(device, 1.5));
    better.add(BetterDevices.withPeaksTimes(device, 64));
    better.add(BetterDevices.withStartupTimes(device, 0.5));
    better.add(BetterDevices.withStartupTimes(device, 0));
    better.add(BetterDevices.withBytesInFlightTimes(device, 3));
    better.add(BetterDevices.withLink(device, 3, 1));
    better.add(BetterDevices.withLink(device, 1, 0.3));
    better.add(device.ideal());
    better.addAll(withSingleValuesImproved(device));
    for (Case one : cases(device)) {
      double now = one.seconds(device);
      for (DeviceProfile d : better) {
        assertThat(one.seconds(d)).as("%s: %s", d.title(), one).isLessThanOrEqualTo(now * ULPS);
      }
    }
  }

  /** Names of values of memories of which less, or more, is better. */
  private static final Set<String> LESS =
      Set.of(
          "row_cycle",
          "row_to_column",
          "precharge",
          "column_to_column",
          "four_activates",
          "turnaround",
          "refresh",
          "latency",
          "page_read",
          "link_latency",
          "column_access",
          "command",
          "multiply",
          "row_open_close");

  private static final Set<String> MORE =
      Set.of(
          "peak_bandwidth",
          "pin_bandwidth",
          "read_bandwidth",
          "write_bandwidth",
          "link_bandwidth",
          "buffer",
          "near_power_cap",
          "bandwidth_factor",
          "energy_divisor",
          "power_density",
          "logic_area");

  private static List<DeviceProfile> withSingleValuesImproved(DeviceProfile device) {
    List<DeviceProfile> all = new ArrayList<>();
    for (Map.Entry<String, Quantity> value : device.memory().quantities().entrySet()) {
      String name = value.getKey();
      if (!LESS.contains(name) && !MORE.contains(name)) {
        continue;
      }
      for (double factor : new double[] {1.3, 10}) {
        double better = value.getValue().value() * (LESS.contains(name) ? 1 / factor : factor);
        all.add(withMemoryValue(device, name, better, factor));
      }
    }
    return all;
  }

  private static DeviceProfile withMemoryValue(
      DeviceProfile device, String name, double value, double factor) {
    Map<String, Quantity> of = device.memory().quantities();
    Quantity old = of.get(name);
    // HBM says its bandwidth a pin.
    boolean pins = name.equals("peak_bandwidth") && of.containsKey("stacks");
    String key =
        pins
            ? "pin_bandwidth_Gbps: {value: "
                + value / value(of, "stacks") / value(of, "pins_per_stack") / 0.125e9
            : key(name, old, value);
    String yaml =
        """
        name: better
        extends: %s
        title: "%s with %s improved by %s"
        memory:
          %s, assumed: "test"}
        """
            .formatted(device.name(), device.name(), name, factor, key);
    return DeviceCatalogue.parse("better.yaml", yaml);
  }

  private static String key(String name, Quantity old, double value) {
    return switch (old.unit()) {
      case "s" -> name + "_ns: {value: " + value * 1e9;
      case "B/s" -> name + "_GBps: {value: " + value / 1e9;
      case "B" -> name + "_B: {value: " + value;
      case "1" -> name + "_ratio: {value: " + value;
      case "W/m^2" -> name + "_W_per_mm2: {value: " + value * 1e-6;
      case "m^2" -> name + "_mm2: {value: " + value * 1e6;
      case "W" -> name + "_W: {value: " + value;
      default -> throw new AssertionError(old);
    };
  }

  // Parts and wholes.

  @ParameterizedTest
  @MethodSource("devices")
  void doublingLayersDoublesLayerTime(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    Set<String> once = Set.of("embedding", "final-norm", "lm-head", "stage-hand-over");
    int compared = 0;
    for (Case one : cases(device)) {
      if (one.sharding().pipelineParallel() > 1) {
        continue;
      }
      Case twice = new Case(one.model().withLayersTimes(2), one.workload(), one.sharding());
      Estimate doubled = twice.estimate(device);
      Estimate before = one.estimate(device);
      // An engine in the memory that does not reach all of it reaches a smaller part of more.
      boolean reached = doubled.warnings().stream().noneMatch(w -> w.contains(" reaches "));
      if (reached && engines(doubled).equals(engines(before))) {
        double single = layerSeconds(before, once);
        assertThat(layerSeconds(doubled, once))
            .as(one.toString())
            .isCloseTo(2 * single, withinPercentage(1e-7));
        compared++;
      }
    }
    assertThat(compared).isPositive();
  }

  static Stream<String> models() {
    return LlmCatalogue.all().stream().map(LlmArchitecture::name);
  }

  /**
   * Every model, on a device with one engine: none is skipped. Devices with several are above,
   * where a choice of another engine is no matter of layers.
   */
  @ParameterizedTest
  @MethodSource("models")
  void doublingLayersDoublesLayerTimeOfEveryModel(String name) {
    DeviceProfile h100 = DeviceCatalogue.find("h100-sxm");
    LlmArchitecture model = LlmCatalogue.find(name);
    Set<String> once = Set.of("embedding", "final-norm", "lm-head");
    List<InferenceWorkload> workloads =
        List.of(
            new DecodeWorkload(1, 3000, F16, new KvSelection.Dense()),
            new DecodeWorkload(64, 3000, F16, new KvSelection.QuestTopK(16, 1024)),
            new DecodeWorkload(4, 3000, 5, 1000, F16, new KvSelection.Dense()),
            new PrefillWorkload(2, 700, F16));
    for (InferenceWorkload workload : workloads) {
      for (Sharding sharding : List.of(Sharding.NONE, Sharding.tensor(2))) {
        if (model.queryHeads() % sharding.tensorParallel() != 0) {
          continue;
        }
        Case one = new Case(model, workload, sharding);
        Case twice = new Case(model.withLayersTimes(2), workload, sharding);

        assertThat(layerSeconds(twice.estimate(h100), once))
            .as(one.toString())
            .isCloseTo(2 * layerSeconds(one.estimate(h100), once), withinPercentage(1e-7));
      }
    }
  }

  private static List<String> engines(Estimate estimate) {
    return estimate.operators().stream().map(OperatorEstimate::engine).toList();
  }

  private static double layerSeconds(Estimate estimate, Set<String> once) {
    return estimate.operators().stream()
        .filter(o -> !once.contains(o.operator()))
        .mapToDouble(OperatorEstimate::seconds)
        .sum();
  }

  @ParameterizedTest
  @MethodSource("devices")
  void sharingWithNobodyIsNotSharing(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    DeviceProfile alone = BetterDevices.withoutLink(device);
    for (Case one : cases(device)) {
      if (one.sharding().devices() == 1) {
        Case tensor = new Case(one.model(), one.workload(), Sharding.tensor(1));
        assertThat(tensor.seconds(device)).isEqualTo(one.seconds(alone));
        assertThat(one.workload().operators(one.model(), Sharding.tensor(1)))
            .noneMatch(o -> o.kernel().collective());
      }
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void timeLiesBetweenTheLargestAndTheSumOfItsParts(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    for (Case one : cases(device)) {
      double[] sums = new double[4];
      double whole = 0;
      for (OperatorEstimate o : one.estimate(device).operators()) {
        double[] parts = {
          o.startupSeconds(), o.memorySeconds(), o.computeSeconds(), o.linkSeconds()
        };
        double largest = 0;
        double sum = 0;
        for (int i = 0; i < parts.length; i++) {
          sums[i] += parts[i];
          largest = Math.max(largest, parts[i]);
          sum += parts[i];
        }
        assertThat(o.seconds()).isBetween(largest / ULPS, sum * ULPS);
        whole += o.seconds();
      }
      double modelError = device.modelError().value();
      assertThat(one.seconds(device) / modelError)
          .isCloseTo(whole, withinPercentage(1e-9))
          .isGreaterThanOrEqualTo(Math.max(sums[1], sums[2]) / ULPS)
          .isLessThanOrEqualTo((sums[0] + sums[1] + sums[2] + sums[3]) * ULPS);
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void moreTokensAreNeverFaster(String name) {
    DeviceProfile device = DeviceCatalogue.find(name);
    for (LlmArchitecture model : MODELS) {
      double last = 0;
      for (int batch : new int[] {1, 2, 7, 64, 500}) {
        Case one =
            new Case(
                model,
                new DecodeWorkload(batch, 3000, F16, new KvSelection.Dense()),
                Sharding.NONE);
        if (runs(device, one)) {
          double seconds = one.seconds(device);
          assertThat(seconds).as(one.toString()).isGreaterThanOrEqualTo(last / ULPS);
          last = seconds;
        }
      }
    }
  }

  @Test
  void everyKindOfCollectiveAndKernelIsAmongTheCases() {
    Set<Kernel> seen = EnumSet.noneOf(Kernel.class);
    for (Case one : cases(DeviceCatalogue.find("h100-sxm"))) {
      one.workload()
          .operators(one.model(), one.sharding())
          .forEach(operator -> seen.add(operator.kernel()));
    }
    assertThat(seen).containsExactlyInAnyOrder(Kernel.values());
  }
}
