package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.Profiles;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.placement.Shardings;
import dev.membound.model.simulate.ShardingSearch.Choice;
import dev.membound.model.simulate.ShardingSearch.Objective;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.Sharding;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ShardingSearchTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final Formats FP8 = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.F16);
  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");

  private static DecodeWorkload step(int batch, long context, Formats formats) {
    return new DecodeWorkload(batch, context, formats, new Dense());
  }

  @ParameterizedTest
  @EnumSource
  void nothingThatFitsIsBetterThanTheBest(Objective objective) {
    ShardingSearch search = new ShardingSearch(H100, LLAMA_70B, step(32, 8192, F16));
    List<Choice> ranked = search.ranked(16, objective);
    Choice best = search.best(16, objective).orElseThrow();

    assertThat(ranked)
        .hasSizeGreaterThan(20)
        .contains(best)
        .allSatisfy(
            choice -> {
              switch (objective) {
                case LATENCY -> assertThat(best.seconds()).isLessThanOrEqualTo(choice.seconds());
                case THROUGHPUT ->
                    assertThat(best.tokensPerSecondAndDevice())
                        .isGreaterThanOrEqualTo(choice.tokensPerSecondAndDevice());
                case DEVICES ->
                    assertThat(best.sharding().devices())
                        .isLessThanOrEqualTo(choice.sharding().devices());
              }
            });
  }

  @Test
  void theSmallestSystemIsTheFewestDevicesThatHoldIt() {
    // 141.1 GB of weights and 2.7 GB of KV on 85.9 GB each.
    ShardingSearch search = new ShardingSearch(H100, LLAMA_70B, step(1, 8192, F16));

    assertThat(search.best(16, Objective.DEVICES).orElseThrow().sharding().devices()).isEqualTo(2);
    assertThat(search.best(1, Objective.DEVICES)).isEmpty();
  }

  @Test
  void theLedgersSmallestSystemIsTheSearchs() {
    DecodeWorkload step = step(13, 131_071, F16);
    CapacityLedger one = CapacityLedger.of(HardwareSystem.of(H100, 1), LLAMA_70B, step);

    assertThat(
            new ShardingSearch(H100, LLAMA_70B, step)
                .best(16, Objective.DEVICES)
                .orElseThrow()
                .sharding()
                .devices())
        .isEqualTo(one.pools().getFirst().smallestCount());
  }

  @Test
  void spreadExpertsFitWhereReplicasDoNot() {
    LlmArchitecture model = LlmCatalogue.find("deepseek-v3");
    List<Sharding> fitting =
        new ShardingSearch(H100, model, step(64, 4096, FP8))
            .ranked(16, Objective.LATENCY).stream().map(Choice::sharding).toList();

    assertThat(fitting).contains(new Sharding(1, 1, 16, 16, 1, 0));
    assertThat(fitting).noneMatch(s -> s.dataParallel() == 16 && s.expertParallel() == 1);
  }

  @Test
  void aDeviceWithoutLinkStaysAlone() {
    DeviceProfile cpu = CpuDevice.from(Profiles.twoThreads());
    Formats plain = new Formats(DataFormat.Q8_0, DataFormat.F16, DataFormat.F32);

    assertThat(new ShardingSearch(cpu, LLAMA_70B, step(1, 10, plain)).ranked(64, Objective.LATENCY))
        .isEmpty();
  }

  @Test
  void waysOfSharingDivideHeadsAndExpertsAndShortenStages() {
    LlmArchitecture mixtral = LlmCatalogue.find("mixtral-8x7b");

    assertThat(Shardings.byDevices(mixtral, step(4, 10, F16), 16))
        .doesNotHaveDuplicates()
        .contains(Sharding.NONE, new Sharding(2, 1, 8, 4, 1, 0), new Sharding(4, 2, 4, 1, 1, 0))
        .allSatisfy(
            s -> {
              assertThat(s.devices()).isLessThanOrEqualTo(16);
              assertThat(32 % s.tensorParallel()).isZero();
              // 7 stages of at most 5 layers are of use, 9 of at most 4 as 8 are not.
              assertThat(s.pipelineParallel()).isIn(1, 2, 3, 4, 5, 6, 7, 8, 11, 16);
              assertThat(8 % s.expertParallel()).isZero();
              assertThat(s.dataParallel()).isLessThanOrEqualTo(4);
            });
  }
}
