package dev.membound.model.placement;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.Profiles;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.List;
import org.junit.jupiter.api.Test;

class CapacityLedgerTest {
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");
  private static final DeviceProfile H100 = DeviceCatalogue.find("h100-sxm");
  private static final DeviceProfile PNM = DeviceCatalogue.find("cxl-pnm");
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  @Test
  void componentsAreCountedByHand() {
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(H100, 1),
            LLAMA_70B,
            new DecodeWorkload(2, 131_071, F16, new Dense()));

    assertThat(ledger.bytesByComponent())
        .containsEntry("weights", 2 * 70_553_706_496L)
        .containsEntry("kv", 2 * (40L << 30))
        .containsEntry("activations", 2L * 2 * (2 * 8192 + 2 * 28672))
        .containsEntry("workspace", 2L * 4 * 128_256)
        .doesNotContainKey("index");
  }

  @Test
  void everyTokenOfADraftHasLogits() {
    DecodeWorkload step = new DecodeWorkload(2, 1000, F16, new Dense());
    HardwareSystem system = HardwareSystem.of(H100, 1);

    assertThat(CapacityLedger.of(system, LLAMA_70B, step.withNewTokens(5)).bytesByComponent())
        .containsEntry("workspace", 2L * 5 * 4 * 128_256);
    assertThat(
            CapacityLedger.of(system, LLAMA_70B, new PrefillWorkload(2, 1000, F16))
                .bytesByComponent())
        .containsEntry("workspace", 2L * 4 * 128_256);
  }

  @Test
  void aPromptHoldsTheKeysAndValuesThatItExpandsFromLatentVectors() {
    LlmArchitecture latent = LlmCatalogue.find("deepseek-v3");
    HardwareSystem eight = HardwareSystem.of(H100, 8);
    PrefillWorkload whole = new PrefillWorkload(1, 32_768, F16);
    PrefillWorkload chunk = whole.chunks(1024).getLast();
    // A layer at a time: 128 heads of 128 + 128 elements, an eighth on each device.
    long expanded = 32_768L * 128 * 256 * 2;
    // The residual stream twice, 8 + 1 experts of gate and up, 2,048 wide, an eighth of them.
    long row = 2L * (2 * 7168 + 9 * 4096 / 8) * 8;

    assertThat(CapacityLedger.of(eight, latent, whole).bytesByComponent())
        .containsEntry("activations", 32_768 * row + expanded);
    assertThat(CapacityLedger.of(eight, latent, chunk).bytesByComponent())
        .containsEntry("activations", 1024 * row + expanded);
  }

  @Test
  void whatDoesNotFitSaysByHowMuchAndHowManyDo() {
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(H100, 1), LLAMA_70B, new DecodeWorkload(1, 8191, F16, new Dense()));
    long bytes = ledger.pools().getFirst().bytes();

    assertThat(ledger.fits()).isFalse();
    assertThat(ledger.shortfallBytes()).isEqualTo(bytes - (80L << 30));
    assertThat(ledger.pools().getFirst().smallestCount()).isEqualTo(2);
    assertThat(ledger.problems())
        .singleElement()
        .asString()
        .isEqualTo(
            "does not fit on 1 x h100-sxm: short by 57.89 GB of 143.79 GB; the smallest count that"
                + " fits is 2");
  }

  @Test
  void theSmallestCountNeedNotDivideTheLayers() {
    // 141 GB of weights and 13 · 43 GB of KV need 9 GPUs of 85.9 GB; 9 of 80 layers are the most
    // that
    // a stage of 9 has.
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(H100, 1),
            LLAMA_70B,
            new DecodeWorkload(13, 131_071, F16, new Dense()));

    assertThat(ledger.pools().getFirst().smallest()).contains(new Sharding(1, 9, 1, 1, 1, 0));
    assertThat(ledger.problems().getFirst()).endsWith("count that fits is 9 (PP9)");
  }

  @Test
  void noSmallerNumberOfStagesOrReplicasFits() {
    // One sequence of 60 GB of KV a device, beside 2.5 GB of weights: three replicas are enough for
    // three, and 16 layers in three stages would have 6 / 16 of the cache.
    LlmArchitecture small = LlmCatalogue.find("llama-3.2-1b");
    CapacityLedger three =
        CapacityLedger.of(
            HardwareSystem.of(H100, 1), small, new DecodeWorkload(3, 2_300_000, F16, new Dense()));

    assertThat(three.pools().getFirst().smallestCount()).isEqualTo(3);
  }

  @Test
  void aModelThatDraftsLiesBesideTheLargeOne() {
    LlmArchitecture draft = LlmCatalogue.find("llama-3.1-8b");
    DecodeWorkload step = new DecodeWorkload(8, 8191, F16, new Dense());
    HardwareSystem two = HardwareSystem.of(H100, 2);
    CapacityLedger.Pool alone = CapacityLedger.of(two, LLAMA_70B, step).pools().getFirst();
    CapacityLedger.Pool both =
        CapacityLedger.withDraft(two, LLAMA_70B, draft, step).pools().getFirst();

    // 8.03e9 parameters of two bytes, the norms' in F16 as well and on both; 128 KiB a token.
    assertThat(both.bytesByComponent())
        .containsEntry("draft-weights", 16_061_054_976L)
        .containsEntry("draft-kv", 8L * 8192 * 131_072)
        .containsAllEntriesOf(alone.bytesByComponent());
    assertThat(alone.shortfallBytes()).isZero();
    assertThat(both.shortfallBytes()).isPositive();
    assertThat(both.smallestCount()).isEqualTo(3);
  }

  @Test
  void aDeviceWithoutLinkIsNeverEnoughInNumbers() {
    DeviceProfile cpu = CpuDevice.from(Profiles.twoThreads());
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(cpu, 1), LLAMA_70B, new DecodeWorkload(1, 0, F16, new Dense()));

    assertThat(ledger.pools().getFirst().smallestCount()).isZero();
    assertThat(ledger.problems().getFirst()).endsWith("no number of them holds it");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HardwareSystem.of(cpu, 2))
        .withMessageContaining("this-cpu has no link");
  }

  @Test
  void kvModulesHoldTheCacheAndItsDigests() {
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(H100, 2).withKvModules(PNM, 1),
            LLAMA_70B,
            new DecodeWorkload(1, 131_071, F16, new QuestTopK(16, 2048)));

    assertThat(ledger.fits()).isTrue();
    assertThat(ledger.pools().get(0).bytesByComponent()).doesNotContainKeys("kv", "index");
    assertThat(ledger.pools().get(1).bytesByComponent())
        .containsEntry("kv", 40L << 30)
        .containsEntry("index", (40L << 30) / 16);
  }

  @Test
  void onlyNearMemoryHoldsAKvCacheForOthers() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> HardwareSystem.of(H100, 1).withKvModules(H100, 1))
        .withMessageContaining("has no near memory");
  }

  @Test
  void aMemoryOfItsOwnHoldsTheKvCache() {
    // 1,536 GB of HBF for weights, 96 GB of HBM for two requests of 40 GiB.
    CapacityLedger ledger =
        CapacityLedger.of(
            HardwareSystem.of(DeviceCatalogue.find("h100-hbf"), 1),
            LLAMA_70B,
            new DecodeWorkload(2, 131_071, F16, new Dense()));

    assertThat(ledger.fits()).isTrue();
    assertThat(ledger.pools().get(0).bytesByComponent()).doesNotContainKey("kv");
    assertThat(ledger.pools().get(1).device()).isEqualTo("h100-hbf/hbm4-6400");
    assertThat(ledger.pools().get(1).bytesByComponent()).containsEntry("kv", 2 * (40L << 30));
    assertThat(ledger.pools().get(1).capacityBytes()).isEqualTo(96_000_000_000L);
  }

  @Test
  void statesLieWhereTheyAreReadAlsoBesideModules() {
    DeviceProfile flash = DeviceCatalogue.find("h100-hbf");
    LlmArchitecture hybrid = LlmCatalogue.find("qwen3-next-80b-a3b");
    DecodeWorkload step = new DecodeWorkload(2, 1000, F16, new Dense());
    HardwareSystem alone = HardwareSystem.of(flash, 1);
    long state = CapacityLedger.of(alone, hybrid, step).bytesByComponent().get("state");

    for (HardwareSystem system : List.of(alone, alone.withKvModules(PNM, 1))) {
      CapacityLedger.Pool pool = CapacityLedger.of(system, hybrid, step).pools().get(1);
      assertThat(pool.device()).isEqualTo("h100-hbf/hbm4-6400");
      assertThat(pool.bytesByComponent()).containsEntry("state", state);
    }
    assertThat(flash.memoryOf(Operator.Home.STATE)).isEqualTo(flash.kvMemory().orElseThrow());
  }

  @Test
  void flashRefusesAKvCacheThatGrowsWithEveryTokenUnlessForced() {
    String yaml =
        """
        name: all-flash
        extends: h100-sxm
        title: H100 with flash only
        description: Three stacks for everything.
        memory:
          part: hbf
          capacity_GB: {value: 1536, assumed: "three stacks"}
        """;
    DecodeWorkload workload = new DecodeWorkload(1, 8191, F16, new Dense());
    HardwareSystem flash = HardwareSystem.of(DeviceCatalogue.parse("own.yaml", yaml), 1);
    HardwareSystem forced =
        HardwareSystem.of(DeviceCatalogue.parse("own.yaml", yaml + "  kv_cache: forced\n"), 1);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> CapacityLedger.of(flash, LLAMA_70B, workload))
        .withMessageContaining("device all-flash: flash refuses a KV cache: each token's 327680 B");
    // A window is written with every token, though it stops growing.
    assertThatIllegalArgumentException()
        .isThrownBy(() -> CapacityLedger.of(flash, LlmCatalogue.find("mistral-7b-v0.1"), workload))
        .withMessageContaining("each token's 131072 B");
    assertThat(CapacityLedger.of(forced, LLAMA_70B, workload).fits()).isTrue();
  }
}
