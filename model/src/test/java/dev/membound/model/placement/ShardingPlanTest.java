package dev.membound.model.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.Profiles;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.ShardingSearch.Choice;
import dev.membound.model.placement.ShardingSearch.Objective;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Formats;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ShardingPlanTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final ModelFootprint LLAMA_70B =
      ModelFootprint.dense(LlmCatalogue.find("llama-3.1-70b"), 8, F16);

  /**
   * 10 layers, 8 of experts; 16 heads, 4 of KV; 1 kB of weights, 6.4 kB in 64 experts, 2 a token.
   */
  private static final ModelFootprint EXPERTS =
      new ModelFootprint(10, 8, 16, 4, 1000, 6400, 64, 2, 100, 20, 24, 1e3);

  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");

  private static ShardingPlan plan(
      ModelFootprint model, int tp, int pp, int ep, int dp, int cp, int batch, long context) {
    return new ShardingPlan(model, new Parallelism(tp, pp, ep, dp, cp), batch, context);
  }

  @ParameterizedTest
  @CsvSource({
    // TP, PP, EP, DP, CP: weights and KV a device of 8 sequences of 100 tokens
    "1, 1, 1, 1, 1, 7400, 80000",
    "2, 1, 1, 1, 1, 3700, 40000", // experts are sliced too
    "8, 1, 1, 1, 1, 925, 20000", // four KV heads: halves are copies
    "1, 2, 1, 1, 1, 3700, 40000",
    "1, 1, 1, 4, 1, 7400, 20000", // replicas
    "1, 1, 4, 4, 1, 2600, 20000", // that share their experts
    "1, 1, 1, 1, 4, 7400, 20000",
    "2, 2, 4, 2, 1, 1050, 10000",
  })
  void bytesOfADevice(int tp, int pp, int ep, int dp, int cp, long weights, long kv) {
    ShardingPlan plan = plan(EXPERTS, tp, pp, ep, dp, cp, 8, 100);

    assertThat(plan.weightBytesPerDevice()).isEqualTo(weights);
    assertThat(plan.kvBytesPerDevice()).isEqualTo(kv);
  }

  @Test
  void oneDeviceExchangesNothing() {
    assertThat(plan(EXPERTS, 1, 1, 1, 1, 1, 8, 100).transfers()).isEmpty();
    assertThat(plan(EXPERTS, 1, 1, 1, 4, 1, 8, 100).transfers()).isEmpty();
  }

  @Test
  void everyParallelismHasItsTraffic() {
    // Eight sequences of 20 B.
    assertThat(plan(EXPERTS, 4, 1, 1, 1, 1, 8, 100).transfers())
        .containsExactly(new Transfer(Transfer.Kind.ALL_REDUCE, 4, 160, 20));
    // Two microbatches of four go to the next stage, and around to the first.
    assertThat(plan(EXPERTS, 1, 2, 1, 1, 1, 8, 100).transfers())
        .containsExactly(new Transfer(Transfer.Kind.POINT_TO_POINT, 2, 80, 2));
    // Each of four replicas sends two tokens to two experts each, and gets them back.
    assertThat(plan(EXPERTS, 1, 1, 4, 4, 1, 8, 100).transfers())
        .containsExactly(new Transfer(Transfer.Kind.ALL_TO_ALL, 4, 80, 16));
    // Four parts of 24 B for eight sequences.
    assertThat(plan(EXPERTS, 1, 1, 1, 1, 4, 8, 100).transfers())
        .containsExactly(new Transfer(Transfer.Kind.ALL_GATHER, 4, 768, 10));
  }

  @Test
  void aTransferTakesTheTimeOfItsNetwork() {
    // NVLink 450 GB/s, 1 µs: a ring of 8, 80 layers, batch 32 of 16 KiB.
    double step = 1e-6 + 32 * 16384 / 8.0 / 450e9;

    assertThat(
            plan(LLAMA_70B, 8, 1, 1, 1, 1, 32, 100).transfers().stream()
                .mapToDouble(t -> t.seconds(H100.link().orElseThrow(), Draw.best()))
                .sum())
        .isCloseTo(160 * 14 * step, withinPercentage(1e-9));
  }

  @Test
  void anIdealStepReadsItsBytesAtItsBandwidth() {
    ShardingPlan plan = plan(LLAMA_70B, 1, 1, 1, 1, 1, 1, 8192);
    double bytes = LLAMA_70B.weightBytes() + 8192.0 * 327_680;

    assertThat(plan.stepSeconds(H100.ideal(), DataFormat.F16, Draw.best()))
        .isCloseTo(bytes / 3350e9, withinPercentage(1e-9));
  }

  @Test
  void dividingByTensorsWithoutLatencyDividesTheTime() {
    DeviceProfile ideal = H100.ideal();
    double one =
        plan(LLAMA_70B, 1, 1, 1, 1, 1, 1, 8192).stepSeconds(ideal, DataFormat.F16, Draw.best());
    double eight =
        plan(LLAMA_70B, 8, 1, 1, 1, 1, 1, 8192).stepSeconds(ideal, DataFormat.F16, Draw.best());

    // And 160 all-reduces of 16 KiB at 14/8 of it.
    assertThat(eight).isCloseTo(one / 8 + 160 * 14 / 8.0 * 16384 / 450e9, withinPercentage(1e-6));
  }

  @Test
  void pipeliningDoesNotShortenAStep() {
    DeviceProfile ideal = H100.ideal();

    assertThat(
            plan(LLAMA_70B, 1, 4, 1, 1, 1, 1, 8192).stepSeconds(ideal, DataFormat.F16, Draw.best()))
        .isGreaterThan(
            plan(LLAMA_70B, 4, 1, 1, 1, 1, 1, 8192)
                .stepSeconds(ideal, DataFormat.F16, Draw.best()));
  }

  @Test
  void theSmallestSystemIsTheFewestDevicesThatHoldIt() {
    // 141.1 GB of weights and 2.7 GB of KV on 85.9 GB each.
    ShardingSearch search = new ShardingSearch(LLAMA_70B, H100, DataFormat.F16, 1, 8192);

    assertThat(search.smallestSystem(16)).contains(2);
    assertThat(search.smallestSystem(1)).isEmpty();
    assertThat(plan(LLAMA_70B, 1, 1, 1, 1, 1, 1, 8192).shortfallBytes(H100))
        .isEqualTo(LLAMA_70B.weightBytes() + 8192L * 327_680 + 2 * 16384 - (80L << 30));
  }

  @ParameterizedTest
  @EnumSource
  void nothingThatFitsIsBetterThanTheBest(Objective objective) {
    ShardingSearch search = new ShardingSearch(LLAMA_70B, H100, DataFormat.F16, 32, 8192);
    Choice best = search.best(16, objective).orElseThrow();

    assertThat(search.fitting(16))
        .hasSizeGreaterThan(20)
        .allSatisfy(
            choice -> {
              switch (objective) {
                case LATENCY ->
                    assertThat(best.stepSeconds()).isLessThanOrEqualTo(choice.stepSeconds());
                case THROUGHPUT ->
                    assertThat(best.tokensPerSecondAndDevice())
                        .isGreaterThanOrEqualTo(choice.tokensPerSecondAndDevice());
                case DEVICES ->
                    assertThat(best.parallelism().devices())
                        .isLessThanOrEqualTo(choice.parallelism().devices());
              }
            });
  }

  @Test
  void spreadExpertsFitWhereReplicasDoNot() {
    ModelFootprint large =
        new ModelFootprint(
            10, 8, 16, 4, 10_000_000_000L, 640_000_000_000L, 64, 2, 1000, 20, 24, 1e10);
    ShardingSearch search = new ShardingSearch(large, H100, DataFormat.F16, 64, 1000);

    assertThat(search.fitting(16)).anyMatch(c -> c.parallelism().expert() == 16);
    assertThat(search.fitting(16))
        .noneMatch(c -> c.parallelism().data() == 16 && c.parallelism().expert() == 1);
  }

  @Test
  void aDeviceWithoutLinkStaysAlone() {
    DeviceProfile cpu = CpuDevice.from(Profiles.twoThreads());

    assertThat(new ShardingSearch(LLAMA_70B, cpu, DataFormat.F32, 1, 10).fitting(64)).isEmpty();
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                plan(LLAMA_70B, 2, 1, 1, 1, 1, 1, 10).stepSeconds(cpu, DataFormat.F32, Draw.best()))
        .withMessageContaining("this-cpu has no link, so 2 cannot share a model");
  }

  @Test
  void impossibleSharingIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> plan(LLAMA_70B, 3, 1, 1, 1, 1, 1, 10))
        .withMessageContaining("TP3 does not divide 64 heads");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new Parallelism(2, 1, 3, 2, 1))
        .withMessageContaining("over all 4 devices of a stage or over 1, got 3");
  }
}
