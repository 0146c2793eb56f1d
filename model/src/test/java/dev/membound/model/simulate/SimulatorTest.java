package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.Profiles;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class SimulatorTest {
  private static final Percentage ROUNDING = Percentage.withPercentage(1e-10);
  private static final LlmArchitecture LLAMA_8B = LlmCatalogue.find("llama-3.1-8b");
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");
  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");
  private static final DeviceProfile PNM = DeviceCatalogue.find("cxl-pnm");
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  private final Simulator simulator = new Simulator(1, 50);

  private static DecodeWorkload decode(int batch, long context) {
    return new DecodeWorkload(batch, context, F16, new Dense());
  }

  private static String text(String device) throws IOException {
    try (InputStream file =
        DeviceCatalogue.class.getResourceAsStream("presets/" + device + ".yaml")) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  /** A device of the catalogue with one number of its file changed. */
  private static DeviceProfile changed(String device, String from, String to) throws IOException {
    String yaml = text(device);
    assertThat(yaml).contains(from);
    return DeviceCatalogue.parse(device + ".yaml", yaml.replace(from, to));
  }

  // Ideal limits: every byte once at the data sheet's bandwidth.

  @ParameterizedTest
  @CsvSource({
    // (parameters − embedding table + one row) · 2 B, and 128 KiB or 320 KiB of KV a token
    "llama-3.1-8b, 15_009_857_536, 131_072, 0",
    "llama-3.1-8b, 15_009_857_536, 131_072, 8192",
    "llama-3.1-70b, 139_006_083_072, 327_680, 0",
    "llama-3.1-70b, 139_006_083_072, 327_680, 131071",
  })
  void idealDecodeIsBytesOverBandwidthExactly(
      String name, String weights, String kvPerToken, long context) {
    double weightBytes = Long.parseLong(weights.replace("_", ""));
    double kvBytes = (context + 1.0) * Long.parseLong(kvPerToken.replace("_", ""));
    double tokensPerSecond = 3350e9 / (weightBytes + kvBytes);

    Estimate estimate =
        simulator.estimate(
            HardwareSystem.of(H100.ideal(), 1), LlmCatalogue.find(name), decode(1, context));

    assertThat(estimate.tokensPerSecond().median()).isCloseTo(tokensPerSecond, ROUNDING);
    assertThat(estimate.tokensPerSecond().low()).isCloseTo(tokensPerSecond, ROUNDING);
    assertThat(estimate.tokensPerSecond().high()).isCloseTo(tokensPerSecond, ROUNDING);
    assertThat(estimate.operators())
        .allSatisfy(operator -> assertThat(operator.bottleneck()).isEqualTo(Bottleneck.MEMORY));
  }

  @Test
  void idealPimReadsWeightsAtAllBankBandwidth() {
    // 16 B of F16 tiny weights a unit and 3.33 ns column; only the exchange with the host is added.
    DeviceProfile pim = DeviceCatalogue.find("hbm-pim").ideal();
    LlmArchitecture tiny = LlmCatalogue.find("tiny");
    OperatorEstimate head =
        operator(simulator.estimate(HardwareSystem.of(pim, 1), tiny, decode(1, 0)), "lm-head");

    assertThat(head.engine()).isEqualTo("hbm-pim/bank-units");
    assertThat(head.memorySeconds())
        .isCloseTo(2.0 * 8192 * 512 / (512 * 32 / 3.3333333333333335e-9), ROUNDING);
    assertThat(head.linkSeconds()).isCloseTo((64 * 1024 + 16_384) / 1228.8e9, ROUNDING);
  }

  // Published results.

  @Test
  void cxlPnmDecodesOpt13bAtThePublishedRate() {
    Estimate estimate =
        simulator.estimate(HardwareSystem.of(PNM, 1), LlmCatalogue.find("opt-13b"), decode(1, 64));

    // Park et al., HPCA 2024: 42.68 tokens/s.
    assertThat(estimate.tokensPerSecond().median()).isCloseTo(42.68, Percentage.withPercentage(5));
    assertThat(estimate.tokensPerSecond().low()).isLessThan(42.68);
    assertThat(estimate.tokensPerSecond().high()).isGreaterThan(42.68);
  }

  // The CPU.

  @Test
  void theCpuFollowsTheEquationsOfItsProfile() {
    Formats formats = new Formats(DataFormat.Q4_0, DataFormat.F16, DataFormat.F32);
    HardwareSystem cpu = HardwareSystem.of(CpuDevice.from(Profiles.twoThreads()), 1);
    Estimate estimate =
        simulator.estimate(cpu, LLAMA_8B, new DecodeWorkload(1, 1000, formats, new Dense()));

    // feed-forward-contract: 4096 × 14336 in Q4_0 and both vectors in F32.
    double elements = 4096.0 * 14336;
    double memory = (elements * 18 / 32 + 4 * (4096 + 14336)) / 20e9;
    double compute = 2 * elements / (0.4 * 100e9);
    double seconds = 5e-6 + Math.sqrt(memory * memory + compute * compute);
    assertThat(operator(estimate, "feed-forward-contract").seconds())
        .isCloseTo(32 * seconds, Percentage.withPercentage(1e-9));

    // attention: blocks of 16 tokens · 128 · 2 B = 4 KiB at half the bandwidth, writes at half
    // that.
    double kv = 1000 * 4096 / 10e9 + 4096 / 5e9 + 2.0 * 4096 * 4 / 20e9;
    double flops = 4.0 * 1001 * 4096 / (0.25 * 100e9);
    double attention = 5e-6 + Math.pow(Math.pow(kv, 1.5) + Math.pow(flops, 1.5), 1 / 1.5);
    assertThat(operator(estimate, "attention").seconds())
        .isCloseTo(32 * attention, Percentage.withPercentage(1e-9));
  }

  @Test
  void integerKernelsMayPassTheFloatingPointPeak() {
    Formats formats = new Formats(DataFormat.Q8_0, DataFormat.F16, DataFormat.F32);
    HardwareSystem cpu = HardwareSystem.of(CpuDevice.from(Profiles.twoThreads()), 1);
    Estimate estimate =
        simulator.estimate(cpu, LLAMA_8B, new DecodeWorkload(1, 0, formats, new Dense()));

    assertThat(operator(estimate, "lm-head").computeSeconds())
        .isCloseTo(2.0 * 128_256 * 4096 / (1.6 * 100e9), ROUNDING);
  }

  @Test
  void prefillOnTheCpuWarnsThatItIsExtrapolated() {
    Formats formats = new Formats(DataFormat.Q8_0, DataFormat.F16, DataFormat.F32);
    HardwareSystem cpu = HardwareSystem.of(CpuDevice.from(Profiles.twoThreads()), 1);

    assertThat(simulator.estimate(cpu, LLAMA_8B, new PrefillWorkload(1, 100, formats)).warnings())
        .anyMatch(w -> w.contains("no GEMM kernel was measured"));
  }

  // Metamorphic relations.

  static Stream<Arguments> everywhere() {
    return Stream.of("h100-sxm", "cxl-pnm", "hbm-pim")
        .flatMap(
            device ->
                Stream.of(decode(1, 1000), decode(32, 4000), new PrefillWorkload(2, 500, F16))
                    .map(workload -> Arguments.of(device, workload)));
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void idealDevicesAreNeverSlower(String device, InferenceWorkload workload) {
    DeviceProfile real = DeviceCatalogue.find(device);

    assertThat(seconds(real.ideal(), LLAMA_8B, workload))
        .isLessThan(seconds(real, LLAMA_8B, workload));
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void doublingTheLayersDoublesTheLayerTime(String device, InferenceWorkload workload) {
    // Plenty of memory, so that nothing spills when the model grows.
    DeviceProfile profile = DeviceCatalogue.find(device.equals("hbm-pim") ? "h100-sxm" : device);
    LlmArchitecture twice = LLAMA_8B.withLayersTimes(2);
    LlmArchitecture thrice = LLAMA_8B.withLayersTimes(3);
    double layers = seconds(profile, twice, workload) - seconds(profile, LLAMA_8B, workload);

    assertThat(seconds(profile, thrice, workload) - seconds(profile, twice, workload))
        .isCloseTo(layers, Percentage.withPercentage(1e-6));
    assertThat(layers).isLessThan(seconds(profile, LLAMA_8B, workload));
  }

  @ParameterizedTest
  @CsvSource({
    "h100-sxm, pin_bandwidth_Gbps: {value: 5.234375, pin_bandwidth_Gbps: {value: 6.4",
    "h100-sxm, F16_TFLOPS: {value: 989, F16_TFLOPS: {value: 2000",
    "h100-sxm, 'bytes_in_flight_MB: {value: 4.3', 'bytes_in_flight_MB: {value: 7'",
    "cxl-pnm, 'peak_bandwidth_GBps: {value: 1100, low: 1088, high: 1105', peak_bandwidth_GBps: {value: 2000",
    "cxl-pnm, 'F16_TFLOPS: {value: 8, low: 4, high: 16', F16_TFLOPS: {value: 16",
    "hbm-pim, units_count: {value: 512, units_count: {value: 1024",
    "hbm-pim, peak_bandwidth_GBps: {value: 1228.8, peak_bandwidth_GBps: {value: 2000",
    "hbm-pim, near_capacity_GB: {value: 8, near_capacity_GB: {value: 24",
  })
  void betterHardwareIsNeverSlower(String device, String from, String to) throws IOException {
    DeviceProfile better = changed(device, from, to);
    for (InferenceWorkload workload :
        List.of(decode(1, 1000), decode(32, 8000), new PrefillWorkload(1, 2000, F16))) {
      assertThat(seconds(better, LLAMA_8B, workload))
          .isLessThanOrEqualTo(seconds(DeviceCatalogue.find(device), LLAMA_8B, workload));
    }
  }

  @ParameterizedTest
  @MethodSource("everywhere")
  void everyOperatorLiesBetweenTheLargestAndTheSumOfItsParts(
      String device, InferenceWorkload workload) {
    Estimate estimate =
        simulator.estimate(HardwareSystem.of(DeviceCatalogue.find(device), 1), LLAMA_8B, workload);
    double sum = 0;
    for (OperatorEstimate o : estimate.operators()) {
      double largest =
          Math.max(
              Math.max(o.startupSeconds(), o.linkSeconds()),
              Math.max(o.memorySeconds(), o.computeSeconds()));
      double parts = o.startupSeconds() + o.linkSeconds() + o.memorySeconds() + o.computeSeconds();
      // What spills runs after what does not, so the largest part may be split in two.
      assertThat(o.seconds()).isBetween(largest * (1 - 1e-12), parts * (1 + 1e-12));
      sum += o.seconds();
    }
    assertThat(sum).isCloseTo(estimate.seconds().median(), ROUNDING);
    assertThat(estimate.seconds().low()).isLessThan(estimate.seconds().median());
    assertThat(estimate.seconds().high()).isGreaterThan(estimate.seconds().median());
  }

  @Test
  void tensorParallelSpeedsUpLessThanTheDevicesItTakes() {
    double two = seconds(HardwareSystem.of(H100, 2), LLAMA_70B, decode(1, 1000));
    double four = seconds(HardwareSystem.of(H100, 4), LLAMA_70B, decode(1, 1000));

    assertThat(four).isBetween(two / 2, two);
    Estimate one = simulator.estimate(HardwareSystem.of(H100, 1), LLAMA_8B, decode(1, 1000));
    assertThat(one.operators()).noneMatch(o -> o.operator().endsWith("all-reduce"));
  }

  @Test
  void selectionNearMemoryReadsLessAndSendsOnlyQueriesAndResults() {
    HardwareSystem system = HardwareSystem.of(H100, 2).withKvModules(PNM, 1);
    DecodeWorkload dense = decode(1, 130_000);
    DecodeWorkload selecting = new DecodeWorkload(1, 130_000, F16, new QuestTopK(16, 2048));
    Estimate estimate = simulator.estimate(system, LLAMA_70B, selecting);

    assertThat(estimate.seconds().median()).isLessThan(seconds(system, LLAMA_70B, dense));
    OperatorEstimate attention = operator(estimate, "attention");
    assertThat(attention.engine()).isEqualTo("cxl-pnm/pnm-accelerator");
    // In: 64 heads of q and 8 of k and v, 128 wide, F16; out: 64 heads of output, and 4 B each.
    double bytes = 80.0 * (2 * 128 * (64 + 16) + 64 * (2 * 128 + 4));
    assertThat(attention.linkSeconds()).isCloseTo(80 * 2 * 250e-9 + bytes / 64e9, ROUNDING);
    assertThat(operator(estimate, "kv-selection").bytes())
        .isCloseTo(130_000L * 327_680 / 16, within(80 * 20_000L));
  }

  @Test
  void aPromptHandsEveryKeyAndValueToTheModulesOnceAndKeepsStates() {
    PrefillWorkload prompt = new PrefillWorkload(2, 4096, F16);
    // 61 layers of a latent vector and rotary key of 576 elements, which 8 devices hold copies of.
    LlmArchitecture latent = LlmCatalogue.find("deepseek-v3");
    double bytes = 61.0 * 2 * 4096 * 576 * 2 / 2;
    Estimate handed =
        simulator.estimate(HardwareSystem.of(H100, 8).withKvModules(PNM, 2), latent, prompt);
    assertThat(operator(handed, "latent-attention").linkSeconds())
        .isCloseTo(61 * 2 * 250e-9 + bytes / 64e9, ROUNDING);

    Estimate hybrid =
        simulator.estimate(
            HardwareSystem.of(H100, 2).withKvModules(PNM, 1),
            LlmCatalogue.find("qwen3-next-80b-a3b"),
            prompt);
    assertThat(operator(hybrid, "linear-attention").linkSeconds()).isZero();
    assertThat(operator(hybrid, "attention").linkSeconds()).isPositive();
  }

  // Choices, warnings, reproducibility.

  @Test
  void largeBatchesLeavePimForTheHost() {
    HardwareSystem pim = HardwareSystem.of(DeviceCatalogue.find("hbm-pim"), 1);
    LlmArchitecture tiny = LlmCatalogue.find("tiny");

    assertThat(operator(simulator.estimate(pim, tiny, decode(1, 10)), "lm-head").engine())
        .isEqualTo("hbm-pim/bank-units");
    assertThat(operator(simulator.estimate(pim, tiny, decode(64, 10)), "lm-head").engine())
        .isEqualTo("hbm-pim/host-gpu");
  }

  @Test
  void whatThePimUnitsDoNotReachIsSaid() {
    HardwareSystem pim = HardwareSystem.of(DeviceCatalogue.find("hbm-pim"), 1);

    assertThat(simulator.estimate(pim, LLAMA_8B, decode(1, 1000)).warnings())
        .anyMatch(w -> w.startsWith("bank-units reaches 49 % of what hbm-pim holds"));
  }

  @Test
  void groupsThatAreTakenToHaveAllLinksAreSaid() {
    for (String pairwise : List.of("mi300x", "v100-sxm2", "tpu-v5e")) {
      HardwareSystem stages =
          HardwareSystem.of(DeviceCatalogue.find(pairwise), new Sharding(1, 8, 1, 1, 1, 0));
      assertThat(simulator.estimate(stages, LLAMA_70B, decode(8, 1000)).warnings())
          .anyMatch(w -> w.startsWith("groups of 2 are taken to have all links"));
    }
    for (HardwareSystem whole :
        List.of(
            HardwareSystem.of(H100, new Sharding(1, 8, 1, 1, 1, 0)),
            HardwareSystem.of(DeviceCatalogue.find("mi300x"), 8))) {
      assertThat(simulator.estimate(whole, LLAMA_70B, decode(8, 1000)).warnings()).isEmpty();
    }
  }

  @Test
  void contextBeyondTheModelIsSaid() {
    assertThat(
            simulator.estimate(HardwareSystem.of(PNM, 1), LLAMA_8B, decode(1, 200_000)).warnings())
        .anyMatch(w -> w.startsWith("context of 200001 tokens is beyond the 131072"));
  }

  @Test
  void provenanceIsNamedWeakestFirst() {
    assertThat(simulator.estimate(HardwareSystem.of(H100, 1), LLAMA_8B, decode(1, 10)).provenance())
        .containsExactly(Provenance.ASSUMED, Provenance.PUBLISHED, Provenance.DATASHEET);
  }

  @Test
  void equalInputsGiveEqualPredictionsBitForBit() {
    for (KvSelection selection : List.of(new Dense(), new QuestTopK(16, 2048))) {
      DecodeWorkload workload = new DecodeWorkload(3, 10_000, F16, selection);
      HardwareSystem system = HardwareSystem.of(H100, 2).withKvModules(PNM, 1);

      assertThat(new Simulator(5, 60).estimate(system, LLAMA_70B, workload))
          .isEqualTo(new Simulator(5, 60).estimate(system, LLAMA_70B, workload))
          .isNotEqualTo(new Simulator(6, 60).estimate(system, LLAMA_70B, workload));
    }
  }

  @Test
  void formatsThatNoEngineStreamsAreRefused() {
    Formats fp8 = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.F16);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simulator.estimate(
                    HardwareSystem.of(DeviceCatalogue.find("hbm-pim"), 1),
                    LLAMA_8B,
                    new DecodeWorkload(1, 10, fp8, new Dense())))
        .withMessageContaining("no engine of hbm-pim runs embedding over FP8; it streams F32");
  }

  @Test
  void workloadsBeyondSixtyFourBitsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                simulator.estimate(
                    HardwareSystem.of(H100, 1),
                    LLAMA_70B,
                    new PrefillWorkload(1 << 20, 1L << 30, F16)))
        .withMessageContaining("too large");
  }

  private static double seconds(
      DeviceProfile device, LlmArchitecture model, InferenceWorkload workload) {
    return seconds(HardwareSystem.of(device, 1), model, workload);
  }

  private static double seconds(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    return Simulator.bestSeconds(system, model, workload);
  }

  private static OperatorEstimate operator(Estimate estimate, String name) {
    return estimate.operators().stream()
        .filter(o -> o.operator().equals(name))
        .findFirst()
        .orElseThrow();
  }
}
