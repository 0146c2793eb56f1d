package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.placement.Shardings;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What tensor, pipeline, expert, data and context parallelism hold, read, exchange and cost. */
class ShardingTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final LlmArchitecture LLAMA = LlmCatalogue.find("llama-3.1-70b");
  private static final LlmArchitecture MIXTRAL = LlmCatalogue.find("mixtral-8x7b");
  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");
  private static final DecodeWorkload STEP = new DecodeWorkload(8, 4095, F16, new Dense());

  private static Sharding sharding(int tp, int pp, int ep, int dp, int cp) {
    return new Sharding(tp, pp, ep, dp, cp, 0);
  }

  private static long held(LlmArchitecture model, Sharding sharding, String component) {
    return held(model, sharding, component, STEP);
  }

  private static long held(
      LlmArchitecture model, Sharding sharding, String component, DecodeWorkload step) {
    CapacityLedger ledger = CapacityLedger.of(HardwareSystem.of(H100, sharding), model, step);
    return ledger.pools().getFirst().bytesByComponent().get(component) / sharding.devices();
  }

  private static Operator only(List<Operator> operators, String name) {
    return operators.stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
  }

  @ParameterizedTest
  @CsvSource({
    // TP, PP, EP, DP, CP: parts of the KV of 8 sequences of 4096 tokens, 8 KV heads
    "1, 1, 1, 1, 1, 1",
    "2, 1, 1, 1, 1, 2",
    "16, 1, 1, 1, 1, 8", // halves are copies
    "1, 2, 1, 1, 1, 2",
    "1, 1, 1, 4, 1, 4",
    "1, 1, 1, 1, 4, 4",
    "2, 2, 1, 2, 2, 16",
  })
  void everyParallelismDividesTheKvCache(int tp, int pp, int ep, int dp, int cp, long parts) {
    long all = 8L * 4096 * 327_680;

    assertThat(held(LLAMA, sharding(tp, pp, ep, dp, cp), "kv")).isEqualTo(all / parts);
  }

  @Test
  void tensorAndPipelineDivideWeightsReplicasAndPartsOfAContextCopyThem() {
    double whole = held(LLAMA, Sharding.NONE, "weights");

    assertThat((double) held(LLAMA, sharding(4, 1, 1, 1, 1), "weights"))
        .isCloseTo(whole / 4, withinPercentage(0.01));
    assertThat((double) held(LLAMA, sharding(1, 4, 1, 1, 1), "weights"))
        .isCloseTo(whole / 4, withinPercentage(0.01));
    assertThat((double) held(LLAMA, sharding(1, 1, 1, 4, 1), "weights")).isEqualTo(whole);
    assertThat((double) held(LLAMA, sharding(1, 1, 1, 1, 4), "weights")).isEqualTo(whole);
  }

  @Test
  void spreadExpertsAreHeldOnceByAllReplicasTogether() {
    // 32 layers of 8 experts of 3 · 4096 · 14336 elements.
    long experts = 2L * 32 * 8 * 3 * 4096 * 14336;
    long whole = held(MIXTRAL, Sharding.NONE, "weights");
    long spread = held(MIXTRAL, sharding(1, 1, 4, 4, 1), "weights");

    assertThat(whole - spread).isEqualTo(experts * 3 / 4);
    assertThat(held(MIXTRAL, sharding(1, 1, 1, 4, 1), "weights")).isEqualTo(whole);
  }

  @ParameterizedTest
  @CsvSource({
    // TP, EP, DP, CP
    "2, 1, 1, 1",
    "4, 1, 1, 1",
    "8, 1, 1, 1",
    "16, 1, 1, 1",
    "1, 1, 1, 4",
    "1, 1, 4, 1",
    "1, 3, 3, 1",
    "4, 4, 1, 1",
    "2, 8, 2, 2",
  })
  void noDeviceReadsMoreThanItHolds(int tp, int ep, int dp, int cp) {
    DecodeWorkload step = new DecodeWorkload(512, 4095, F16, new Dense());
    Sharding sharding = sharding(tp, 1, ep, dp, cp);
    for (LlmArchitecture model : LlmCatalogue.all()) {
      if (!Shardings.allow(model, sharding(tp, 1, 1, dp, cp)) || !holdsExperts(model, ep)) {
        continue;
      }
      List<Operator> matrices =
          step.operators(model, sharding).stream()
              .filter(o -> o.home() == Operator.Home.WEIGHTS && o.kernel() == Kernel.GEMV)
              .toList();
      long read = sum(matrices, o -> o.cost().weightBytes());
      long cache =
          sum(
              step.operators(model, sharding).stream()
                  .filter(o -> o.home() == Operator.Home.KV)
                  .toList(),
              o -> o.cost().kvReadBytes());

      assertThat(read)
          .as(model.name())
          .isLessThanOrEqualTo((long) (1.0001 * held(model, sharding, "weights", step)));
      assertThat(cache).as(model.name()).isLessThanOrEqualTo(held(model, sharding, "kv", step));
    }
  }

  private static boolean holdsExperts(LlmArchitecture model, int devices) {
    return model.groups().stream()
        .map(LayerGroup::feedForward)
        .allMatch(f -> !(f instanceof MixtureOfExperts mixture) || devices <= mixture.experts());
  }

  private static long sum(List<Operator> operators, ToLongFunction<Operator> part) {
    return operators.stream().mapToLong(o -> o.repeats() * part.applyAsLong(o)).sum();
  }

  @Test
  void devicesBeyondTheKvHeadsHoldCopiesOfTheMatricesThatMakeKeysAndValues() {
    // 80 layers of 8192 x 2 · 1024 elements on 8 of 16; everything else in 16 parts.
    double keysAndValues = 80.0 * 8192 * 2048;
    double others = LLAMA.matrixElements() - keysAndValues;

    assertThat((double) held(LLAMA, Sharding.tensor(16), "weights"))
        .isCloseTo(
            2 * (others / 16 + keysAndValues / 8 + LLAMA.vectorElements()), withinPercentage(1e-6));
  }

  @Test
  void expertsThatTheDevicesDoNotDivideAreHeldWhole() {
    // 8 experts on 3 devices: 3, 3, 2.
    long one = 2L * 32 * 3 * 4096 * 14336;
    long whole = held(MIXTRAL, Sharding.NONE, "weights");

    assertThat(whole - held(MIXTRAL, sharding(1, 1, 3, 3, 1), "weights")).isEqualTo(5 * one);
  }

  @Test
  void aContextInPartsDividesWindowsAsWell() {
    LlmArchitecture windows = LlmCatalogue.find("gpt-oss-20b");
    long whole = held(windows, Sharding.NONE, "kv");

    assertThat(held(windows, sharding(1, 1, 1, 1, 4), "kv")).isEqualTo(whole / 4);
  }

  @Test
  void stagesThatLayersDoNotDivideIntoHoldTheLongest() {
    // 80 layers in 3 stages: 27, 27, 26.
    assertThat(held(LLAMA, sharding(1, 3, 1, 1, 1), "kv"))
        .isEqualTo(Math.ceilDiv(3L * 4096 * 8 / 3 * 327_680 * 27, 80L) / 1);
    assertThat(
            new Simulator(1, 1)
                .estimate(HardwareSystem.of(H100, sharding(1, 3, 1, 1, 1)), LLAMA, STEP)
                .warnings())
        .contains(
            "80 layers do not divide into 3 stages: the longest, of 27 layers, sets the pace and"
                + " the memory of all");
  }

  @Test
  void oneDeviceAndIndependentReplicasExchangeNothing() {
    for (Sharding alone : List.of(Sharding.NONE, sharding(1, 1, 1, 4, 1))) {
      assertThat(STEP.operators(MIXTRAL, alone)).noneMatch(o -> o.kernel().collective());
    }
  }

  @Test
  void everyParallelismHasItsTraffic() {
    // TP: two all-reduces a layer of 8 sequences of 8192 in F16.
    List<Operator> tensor = STEP.operators(LLAMA, sharding(4, 1, 1, 1, 1));
    assertThat(only(tensor, "attention-all-reduce").inputBytes()).isEqualTo(8 * 8192 * 2);
    assertThat(only(tensor, "attention-all-reduce").repeats()).isEqualTo(80);
    assertThat(only(tensor, "feed-forward-all-reduce").repeats()).isEqualTo(80);

    // PP: microbatches of 4 go to the next stage, and around to the first.
    Operator next = only(STEP.operators(LLAMA, sharding(1, 2, 1, 1, 1)), "stage-hand-over");
    assertThat(next.kernel()).isEqualTo(Kernel.POINT_TO_POINT);
    assertThat(next.inputBytes()).isEqualTo(4 * 8192 * 2);
    assertThat(next.repeats()).isEqualTo(2);

    // EP: each of four replicas sends two tokens to two experts each, and gets them back.
    List<Operator> experts = STEP.operators(MIXTRAL, sharding(1, 1, 4, 4, 1));
    assertThat(only(experts, "expert-dispatch").inputBytes()).isEqualTo(2 * 2 * 4096 * 2);
    assertThat(only(experts, "expert-combine").participants()).isEqualTo(4);

    // CP: four partial outputs of 64 heads with a log-sum-exp each.
    Operator gather = only(STEP.operators(LLAMA, sharding(1, 1, 1, 1, 4)), "attention-gather");
    assertThat(gather.kernel()).isEqualTo(Kernel.ALL_GATHER);
    assertThat(gather.inputBytes()).isEqualTo(8L * 4 * (8192 * 2 + 64 * 4));
  }

  @Test
  void aPromptInPartsDividesRowsAndPairsAndGathersKeysAndValues() {
    PrefillWorkload prompt = new PrefillWorkload(1, 4096, F16);
    List<Operator> whole = prompt.operators(LLAMA, Sharding.NONE);
    List<Operator> parts = prompt.operators(LLAMA, sharding(1, 1, 1, 1, 4));

    for (String name : List.of("qkv", "attention", "feed-forward-expand")) {
      assertThat(only(parts, name).cost().flops())
          .isEqualTo(Math.ceilDiv(only(whole, name).cost().flops(), 4L));
    }
    assertThat(only(parts, "attention").cost().kvReadBytes())
        .isEqualTo(only(whole, "attention").cost().kvReadBytes());
    assertThat(only(parts, "attention-gather").inputBytes()).isEqualTo(4096L * 2 * 8 * 128 * 2);
  }

  @Test
  void aPromptInPartsDividesTheIndexersPairs() {
    // All parts score all keys, each for its own rows.
    LlmArchitecture sparse = LlmCatalogue.find("deepseek-v3.2");
    PrefillWorkload prompt = new PrefillWorkload(1, 8192, F16);
    Operator whole = only(prompt.operators(sparse, Sharding.NONE), "index-scan");
    Operator part = only(prompt.operators(sparse, sharding(1, 1, 1, 1, 4)), "index-scan");

    assertThat(part.cost().flops()).isEqualTo(whole.cost().flops() / 4);
    assertThat(part.cost().indexBytes()).isEqualTo(whole.cost().indexBytes());
  }

  @Test
  void aContextInPartsDividesWhatAttentionReads() {
    long whole = only(STEP.operators(LLAMA, Sharding.NONE), "attention").cost().kvReadBytes();

    assertThat(
            only(STEP.operators(LLAMA, sharding(1, 1, 1, 1, 4)), "attention").cost().kvReadBytes())
        .isEqualTo(whole / 4);
  }

  @Test
  void anIdealPipelineNeitherShortensNorLengthensALoneSequencesStep() {
    // Without latency, what is handed over aside: the token passes all layers one after the other.
    DeviceProfile ideal = H100.ideal();
    DecodeWorkload one = new DecodeWorkload(1, 4095, F16, new Dense());
    double whole = Simulator.bestSeconds(HardwareSystem.of(ideal, 1), LLAMA, one);
    double handed = 4 * 8192 * 2 / 450e9;

    assertThat(Simulator.bestSeconds(HardwareSystem.of(ideal, sharding(1, 4, 1, 1, 1)), LLAMA, one))
        .isCloseTo(whole + handed, within(1e-12));
  }

  @Test
  void promptsFillAndDrainThePipeline() {
    InferenceWorkload eight = new PrefillWorkload(8, 100, F16);
    InferenceWorkload one = new PrefillWorkload(1, 100, F16);

    assertThat(eight.pipelinePasses(sharding(1, 4, 1, 1, 1), 80)).isEqualTo(7 / 4.0);
    assertThat(one.pipelinePasses(sharding(1, 4, 1, 1, 1), 80)).isEqualTo(1);
    assertThat(eight.pipelinePasses(sharding(4, 1, 1, 1, 1), 80)).isEqualTo(1);
    assertThat(STEP.pipelinePasses(sharding(1, 4, 1, 1, 1), 80)).isEqualTo(1);
  }

  @Test
  void theLongestStageSetsThePaceOfAPipeline() {
    // 80 layers in 7 stages: 12 in the longest, so 7 microbatches take 84 / 80 of a way; one alone
    // passes all 80.
    DecodeWorkload seven = new DecodeWorkload(7, 4095, F16, new Dense());
    DecodeWorkload one = new DecodeWorkload(1, 4095, F16, new Dense());
    PrefillWorkload prompts = new PrefillWorkload(7, 100, F16);

    assertThat(seven.pipelinePasses(sharding(1, 7, 1, 1, 1), 80)).isEqualTo(84 / 80.0);
    assertThat(one.pipelinePasses(sharding(1, 7, 1, 1, 1), 80)).isEqualTo(1);
    assertThat(prompts.pipelinePasses(sharding(1, 7, 1, 1, 1), 80)).isEqualTo(1 + 72 / 80.0);
  }

  @Test
  void replicasServeTheirPartOfTheBatch() {
    DecodeWorkload quarter = new DecodeWorkload(2, 4095, F16, new Dense());

    assertThat(
            Simulator.bestSeconds(HardwareSystem.of(H100, sharding(1, 1, 1, 4, 1)), MIXTRAL, STEP))
        .isEqualTo(Simulator.bestSeconds(HardwareSystem.of(H100, 1), MIXTRAL, quarter));
  }

  @ParameterizedTest
  @CsvSource({
    // PP, DP, batch, share of the devices that a step keeps at work
    "1, 1, 1, 1",
    "4, 1, 1, .25",
    "4, 1, 8, 1",
    "4, 1, 9, .75", // three microbatches of 3
    "1, 8, 1, .125",
    "1, 4, 9, .75", // three replicas with 3 sequences each
    "2, 4, 4, .5",
    "2, 4, 16, 1",
  })
  void stagesAndReplicasWithoutSequencesDoNoWork(int pp, int dp, int batch, double share) {
    assertThat(sharding(1, pp, 1, dp, 1).workShare(batch)).isEqualTo(share);
  }

  @ParameterizedTest
  @CsvSource({"2, 1", "8, 1", "1, 8", "4, 2"})
  void devicesWithoutSequencesTakeNoMemoryEnergy(int pp, int dp) {
    Simulator once = new Simulator(1, 1);
    DecodeWorkload one = new DecodeWorkload(1, 4095, F16, new Dense());
    DecodeWorkload full = new DecodeWorkload(8 * pp * dp, 4095, F16, new Dense());
    HardwareSystem alone = HardwareSystem.of(H100, 1);
    HardwareSystem shared = HardwareSystem.of(H100, sharding(1, pp, 1, dp, 1));

    assertThat(once.estimate(shared, LLAMA, one).memoryJoules())
        .isCloseTo(once.estimate(alone, LLAMA, one).memoryJoules(), withinPercentage(1e-9));
    assertThat(once.estimate(shared, LLAMA, full).memoryJoules())
        .isCloseTo(
            pp * dp * once.estimate(alone, LLAMA, STEP).memoryJoules(), withinPercentage(1e-9));
  }

  @Test
  void dividingByTensorsWithoutLatencyDividesTheTime() {
    DeviceProfile ideal = H100.ideal();
    DecodeWorkload one = new DecodeWorkload(1, 8192, F16, new Dense());
    double whole = Simulator.bestSeconds(HardwareSystem.of(ideal, 1), LLAMA, one);
    double eight = Simulator.bestSeconds(HardwareSystem.of(ideal, 8), LLAMA, one);

    // And 160 all-reduces of 16 KiB at 14/8 of it; norms are copied.
    double reduce = 160 * 14 / 8.0 * 16384 / 450e9;
    assertThat(eight).isCloseTo(whole / 8 + reduce, withinPercentage(0.5));
  }

  @Test
  void impossibleSharingIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STEP.operators(LLAMA, sharding(3, 1, 1, 1, 1)))
        .withMessageContaining("does not divide the 64 query heads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> STEP.operators(LLAMA, sharding(1, 81, 1, 1, 1)))
        .withMessageContaining("81 pipeline stages are more than the layers");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> sharding(2, 1, 3, 2, 1))
        .withMessageContaining("over all 4 devices of a stage (TP x DP x CP) or over 1, got EP 3");
  }
}
