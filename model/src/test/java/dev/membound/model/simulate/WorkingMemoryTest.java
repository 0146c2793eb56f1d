package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.network.Link;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.Sharding;
import org.junit.jupiter.api.Test;

/**
 * Traffic and systems of "Heterogeneous Memory Opportunity with Agentic AI" (So, FMS 2025), CXL-PNM
 * (Park et al., HPCA 2024) and DeepSeek-V3.2-Exp. The sizes of KV caches: {@code KvFootprintTest}.
 */
class WorkingMemoryTest {
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");
  private static final LlmArchitecture SPARSE = LlmCatalogue.find("deepseek-v3.2");
  private static final DeviceProfile PNM = DeviceCatalogue.find("cxl-pnm");
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final Draw BEST = Draw.best();
  private static final double CARDS_BYTES = 40e12;

  private static Operator operator(
      LlmArchitecture model,
      long context,
      Formats formats,
      KvSelection selection,
      Sharding sharding,
      String name) {
    return new DecodeWorkload(1, context, formats, selection)
        .operators(model, sharding).stream()
            .filter(o -> o.name().equals(name))
            .findFirst()
            .orElseThrow();
  }

  @Test
  void eightH200sOffer1128GigabytesAndEightH100s640() {
    // 8 · 141 GB; the 80 GB of an H100 are GiB: 687 GB.
    assertThat(capacity("h200-sxm")).isEqualTo(1_128_000_000_000.0);
    assertThat(capacity("h100-sxm")).isEqualTo(640.0 * (1L << 30));
  }

  private static double capacity(String device) {
    HardwareSystem eight = HardwareSystem.of(DeviceCatalogue.find(device), 8);
    return CapacityLedger.of(eight, LLAMA_70B, new DecodeWorkload(1, 0, F16, new Dense()))
        .capacityBytes();
  }

  @Test
  void eightPciLinksCarryHalfATerabyteASecond() {
    double link = DeviceCatalogue.find("h100-pcie").link().orElseThrow().bytesPerSecond().value();

    // 64 GB/s a direction; the slide's 1 TB/s counts both.
    assertThat(2 * 8 * link).isCloseTo(1e12, within(0.05e12));
  }

  @Test
  void aTokenStepOfDsaAt200000TokensReads25Point8MbOfIndexAnd1Point18MbOfCacheALayer() {
    Formats formats =
        new Formats(
            DataFormat.FP8,
            DataFormat.FP8,
            DataFormat.BF16,
            DataFormat.FP8_G128_E8M0,
            DataFormat.F32);

    assertThat(scan(formats).cost().indexBytes()).isEqualTo(25_800_000);
    assertThat(
            operator(SPARSE, 200_000, formats, new Dense(), Sharding.NONE, "latent-attention")
                .cost()
                .kvReadBytes())
        .isEqualTo(2048 * 576);
  }

  @Test
  void theRealLayoutOfTheIndexReads26Point4Mb() {
    Formats formats = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.BF16);

    assertThat(scan(formats).cost().indexBytes()).isEqualTo(26_400_000);
  }

  private static Operator scan(Formats formats) {
    return operator(SPARSE, 200_000, formats, new Dense(), Sharding.NONE, "index-scan");
  }

  @Test
  void withoutSelectionTheWholeCacheCrossesTheLinkAndWithItTwoVectorsAHead() {
    // A step of 128K tokens: 40 GiB, or q in and o out of 64 heads of 128 in F16, a layer.
    Operator dense = operator(LLAMA_70B, 131_072, F16, new Dense(), Sharding.NONE, "attention");
    Operator near =
        operator(
            LLAMA_70B,
            131_072,
            F16,
            new QuestTopK(16, 2048),
            Sharding.NONE.withKvModules(1),
            "attention");
    long newKv = 2L * 8 * 128 * 2;
    long logSumExps = 4L * 64;

    assertThat(dense.repeats() * dense.cost().kvReadBytes()).isEqualTo(40L << 30);
    assertThat(near.inputBytes() - newKv + near.outputBytes() - logSumExps)
        .isEqualTo(2L * 64 * 128 * 2);
    assertThat(near.cost().kvReadBytes()).isEqualTo(2048L * 2 * 8 * 128 * 2);
  }

  @Test
  void aDigestScanWithPagesOf16ReadsAnEighthOfTheKeys() {
    Operator scan =
        operator(
            LLAMA_70B,
            131_072,
            F16,
            new QuestTopK(16, 2048),
            Sharding.NONE.withKvModules(1),
            "kv-selection");

    assertThat(scan.cost().indexBytes()).isEqualTo(131_072L * 8 * 128 * 2 * 2 / 16);
  }

  @Test
  void aCxlPnmModuleHolds512GbAndReads1Point1TbASecond() {
    assertThat(PNM.memory().capacityBytes().value()).isEqualTo(512e9);
    assertThat(
            ((NearMemory) PNM.memory().model())
                .near()
                .ideal()
                .bytesPerSecond(AccessPattern.streamRead(), BEST))
        .isCloseTo(1.1e12, within(1.0));
  }

  @Test
  void tenCxlPnmCardsHold40TbAndRead2TbASecond() {
    // 16 Neoverse V2, 200 GB/s and 4 TB each.
    DeviceProfile card = DeviceCatalogue.find("cmm-dc");

    assertThat(10 * card.memory().capacityBytes().value()).isEqualTo(CARDS_BYTES);
    assertThat(10 * nearBandwidth(card)).isCloseTo(2e12, within(1.0));
  }

  @Test
  void aStructeraCardReadsFourChannelsOfDdr5At204Point8GbASecond() {
    assertThat(nearBandwidth(DeviceCatalogue.find("structera-a"))).isCloseTo(204.8e9, within(1.0));
  }

  private static double nearBandwidth(DeviceProfile device) {
    return ((NearMemory) device.memory().model())
        .near()
        .ideal()
        .bytesPerSecond(AccessPattern.streamRead(), BEST);
  }

  @Test
  void opt13bHas26GbOfWeightsAndOneReadOfThemAt1Point11TbASecondIs42Point7TokensASecond() {
    double bytes = CapacityLedger.weightBytes(LlmCatalogue.find("opt-13b"), DataFormat.F16);

    // 12.85 billion parameters: 26 GB to its two digits.
    assertThat(Math.round(bytes / 1e9)).isEqualTo(26);
    assertThat(Math.round(1.11e12 / 26e9 * 10) / 10.0).isEqualTo(42.7);
  }

  @Test
  void hbmPimReads1Point23TbASecondOffAnd4Point92OnChip() {
    NearMemory pim = (NearMemory) DeviceCatalogue.find("hbm-pim").memory().model();

    assertThat(pim.ideal().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .satisfies(rate -> assertThat(Math.round(rate / 1e10)).isEqualTo(123));
    assertThat(pim.near().ideal().bytesPerSecond(AccessPattern.streamRead(), BEST))
        .satisfies(rate -> assertThat(Math.round(rate / 1e10)).isEqualTo(492));
  }

  @Test
  void oneLayerOfThe96GbCaseTakes64MsOver800GbASecondAnd8MsOver6Point4TbASecond() {
    // 32 requests of 200,000 tokens; the page counts 15 KB a token over 15 layers: 1,000 B each.
    long layer = 32L * 200_000 * 1000;

    assertThat(layer).isEqualTo(6_400_000_000L);
    assertThat(transferSeconds(layer, 800)).isCloseTo(64e-3, within(1e-12));
    assertThat(transferSeconds(layer, 6400)).isCloseTo(8e-3, within(1e-12));
  }

  private static double transferSeconds(long bytes, double gigabits) {
    Quantity bandwidth =
        Quantity.exact(gigabits * 0.125e9, "B/s", Provenance.PUBLISHED, "So, FMS 2025");
    Quantity latency = Quantity.exact(0, "s", Provenance.ASSUMED, "bytes alone");
    return new Link("wire", bandwidth, latency).network(2, BEST).pointToPointSeconds(bytes);
  }

  @Test
  void at131072TokensSparseAttentionReads17Point3And1Point34MbAgainst151MbALayer() {
    Formats stored = new Formats(DataFormat.FP8, DataFormat.FP8_G128, DataFormat.BF16);
    long index =
        operator(SPARSE, 131_072, stored, new Dense(), Sharding.NONE, "index-scan")
            .cost()
            .indexBytes();
    long cache =
        operator(SPARSE, 131_072, stored, new Dense(), Sharding.NONE, "latent-attention")
            .cost()
            .kvReadBytes();
    Formats wide = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);
    long dense =
        operator(
                LlmCatalogue.find("deepseek-v3"),
                131_072,
                wide,
                new Dense(),
                Sharding.NONE,
                "latent-attention")
            .cost()
            .kvReadBytes();

    assertThat(index).isEqualTo(131_072L * 132);
    assertThat(cache).isEqualTo(2048L * 656);
    assertThat(dense).isEqualTo(131_072L * 576 * 2);
    assertThat(Math.round((double) dense / (index + cache) * 10) / 10.0).isEqualTo(8.1);
  }
}
