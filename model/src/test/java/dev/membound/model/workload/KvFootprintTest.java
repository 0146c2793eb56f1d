package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvFootprintTest {
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");
  private static final LlmArchitecture DEEPSEEK = LlmCatalogue.find("deepseek-v3");
  private static final LlmArchitecture DEEPSEEK_SPARSE = LlmCatalogue.find("deepseek-v3.2");
  private static final LlmArchitecture HYBRID = LlmCatalogue.find("linear-hybrid-15-full-layers");
  private static final KvSelection DENSE = new KvSelection.Dense();

  private static Formats formats(DataFormat kv) {
    return new Formats(DataFormat.F16, kv, DataFormat.F16);
  }

  private static KvFootprint footprint(
      LlmArchitecture model, DataFormat kv, int batch, long tokens) {
    return KvFootprint.of(model, formats(kv), DENSE, batch, tokens, 0);
  }

  // So, FMS 2025, "Heterogeneous Memory Opportunity with Agentic AI": sizes of the KV cache.

  @Test
  void llama70bTakes327680BytesATokenAnd40GibAt128kTokens() {
    assertThat(KvFootprint.bytesPerToken(LLAMA_70B, DataFormat.F16)).isEqualTo(327_680);
    assertThat(footprint(LLAMA_70B, DataFormat.F16, 1, 131_072).kvBytes())
        .isEqualTo(40L << 30)
        .isEqualTo(42_949_672_960L);
  }

  @Test
  void llama405bTakes516096BytesATokenAnd541GbAtAMillionTokens() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-405b");

    assertThat(KvFootprint.bytesPerToken(model, DataFormat.F16)).isEqualTo(516_096);
    assertThat(footprint(model, DataFormat.F16, 1, 1_048_576).kvBytes())
        .isEqualTo(541_165_879_296L);
  }

  @Test
  void aHybridWith15FullLayersTakes15360BytesATokenInFp4() {
    assertThat(KvFootprint.bytesPerToken(HYBRID, DataFormat.FP4)).isEqualTo(15_360);
  }

  @Test
  void thirtyTwoRequestsOf200kOnThatHybridTake93Point75Gib() {
    assertThat(footprint(HYBRID, DataFormat.FP4, 32, 204_800).kvBytes())
        .isEqualTo((long) (93.75 * (1L << 30)));
    // A layer of it, in decimal thousands: 6.4 GB.
    assertThat(footprint(HYBRID, DataFormat.FP4, 32, 200_000).kvBytes() / 15)
        .isEqualTo(32L * 200_000 * 1024);
  }

  @Test
  void latentAttentionKeeps7027200000ElementsOf200000Tokens() {
    assertThat(DEEPSEEK.kvElementsPerToken() * 200_000).isEqualTo(7_027_200_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "FP8, 35_136", // 35.1 KB
    "BF16, 70_272", // 70.3 KB
    "FP4, 17_568", // 17.6 KB without scales
    "NVFP4, 19_764", // 19.8 KB with them
    "FP8_G128, 40_016", // 656 B a layer: FlashMLA's layout
  })
  void latentAttentionTakesSoManyBytesAToken(DataFormat format, String bytes) {
    assertThat(KvFootprint.bytesPerToken(DEEPSEEK, format))
        .isEqualTo(Long.parseLong(bytes.replace("_", "")));
  }

  @Test
  void thirtyTwoRequestsOf200kAt70KbATokenTake448Gb() {
    // 70,272 B a token exactly; the page rounds them to 70 KB.
    assertThat(footprint(DEEPSEEK, DataFormat.BF16, 32, 200_000).kvBytes())
        .isEqualTo(32L * 200_000 * 70_272)
        .isEqualTo(449_740_800_000L);
    assertThat(32L * 200_000 * 70_000).isEqualTo(448_000_000_000L);
  }

  @Test
  void thirtyTwoRequestsOf200kAt40KbATokenTake256Gb() {
    // FlashMLA's layout of 656 B a layer comes to 40,016 B.
    assertThat(footprint(DEEPSEEK, DataFormat.FP8_G128, 32, 200_000).kvBytes())
        .isEqualTo(256_102_400_000L);
  }

  @Test
  void decimal200kTokensOf15KbTake96Gb() {
    assertThat(32L * 200_000 * 15_000).isEqualTo(96_000_000_000L);
    assertThat(footprint(HYBRID, DataFormat.FP4, 32, 200_000).kvBytes()).isEqualTo(98_304_000_000L);
  }

  @ParameterizedTest
  @CsvSource({
    "FP8_G128_E8M0, 25_800_000, 1_573_800_000", // a scale byte every 128
    "FP8_G128, 26_400_000, 1_610_400_000", // the 132 B a token of the real layout
  })
  void indexerKeysOf200000TokensTakeSoManyBytes(DataFormat format, String layer, String model) {
    Formats formats =
        new Formats(DataFormat.FP8, DataFormat.FP8_G128, DataFormat.BF16, format, DataFormat.F32);
    long bytes = KvFootprint.of(DEEPSEEK_SPARSE, formats, DENSE, 1, 200_000, 0).indexBytes();

    assertThat(bytes).isEqualTo(Long.parseLong(model.replace("_", "")));
    assertThat(bytes / 61).isEqualTo(Long.parseLong(layer.replace("_", "")));
  }

  // What is not in a table: windows, states, digests, shared prefixes.

  @Test
  void questDigestsAreTwoOverThePageOfTheKeys() {
    KvSelection quest = new KvSelection.QuestTopK(16, 2048);

    // Keys are half of the KV cache, digests 2/16 of the keys: 1/16 of the cache.
    assertThat(
            KvFootprint.of(LLAMA_70B, formats(DataFormat.F16), quest, 1, 131_072, 0).indexBytes())
        .isEqualTo((40L << 30) / 16);
  }

  @Test
  void aFullWindowStopsGrowing() {
    LlmArchitecture model = LlmCatalogue.find("gpt-oss-20b");
    long layerBytes = 2L * 8 * 64 * 2;

    assertThat(footprint(model, DataFormat.BF16, 3, 100).kvBytes())
        .isEqualTo(3 * 100 * 24 * layerBytes);
    assertThat(footprint(model, DataFormat.BF16, 3, 10_000).kvBytes())
        .isEqualTo(3 * (10_000 + 128) * 12 * layerBytes);
  }

  @Test
  void aModelOfWindowsAloneStopsGrowingAndGoesOnWriting() {
    LlmArchitecture model = LlmCatalogue.find("mistral-7b-v0.1");
    long token = 32L * 2 * 8 * 128 * 2;

    assertThat(footprint(model, DataFormat.F16, 2, 4096).kvBytes()).isEqualTo(2 * 4096 * token);
    assertThat(footprint(model, DataFormat.F16, 2, 32_768).kvBytes()).isEqualTo(2 * 4096 * token);
    assertThat(KvFootprint.bytesPerToken(model, DataFormat.F16)).isZero();
    assertThat(KvFootprint.writtenBytesPerToken(model, DataFormat.F16)).isEqualTo(token);
    assertThat(KvFootprint.writtenBytesPerToken(LLAMA_70B, DataFormat.F16)).isEqualTo(327_680);
    assertThat(KvFootprint.windowBytes(model, DataFormat.F16)).isEqualTo(4096 * token);
    assertThat(KvFootprint.windowBytes(LLAMA_70B, DataFormat.F16)).isZero();
    assertThat(KvFootprint.windowBytes(HYBRID, DataFormat.F16)).isZero();
  }

  @Test
  void statesOfLinearLayersDoNotGrowWithTheContext() {
    LlmArchitecture model = LlmCatalogue.find("qwen3-next-80b-a3b");
    // 32 heads of 128 x 128, and 3 tokens of 2 · 16 · 128 + 32 · 128 channels.
    long layer = 32 * 128 * 128 + 3 * (2 * 16 * 128 + 32 * 128);

    assertThat(model.stateElements()).isEqualTo(36 * layer);
    assertThat(footprint(model, DataFormat.F16, 2, 10).stateBytes())
        .isEqualTo(footprint(model, DataFormat.F16, 2, 100_000).stateBytes())
        .isEqualTo(2 * 36 * layer * 4);
  }

  @Test
  void mambaAndKimiStatesAreThoseOfTheirConfigurations() {
    // 54 layers of 256 heads x 64 x 256 and 3 tokens of 256 · 64 + 2 · 8 · 256 channels.
    assertThat(LlmCatalogue.find("nemotron-h-56b").stateElements())
        .isEqualTo(54L * (256 * 64 * 256 + 3 * (256 * 64 + 2 * 8 * 256)));
    assertThat(LlmCatalogue.find("kimi-linear-48b-a3b").stateElements())
        .isEqualTo(20L * (32 * 128 * 128 + 3 * 3 * 32 * 128));
  }

  @Test
  void aSharedPrefixIsKeptOnce() {
    KvFootprint apart = footprint(LLAMA_70B, DataFormat.F16, 8, 5000);
    KvFootprint shared = KvFootprint.of(LLAMA_70B, formats(DataFormat.F16), DENSE, 8, 5000, 4000);

    assertThat(apart.kvBytes() - shared.kvBytes()).isEqualTo(7L * 4000 * 327_680);
  }

  @Test
  void sizesBeyondSixtyFourBitsAreAnErrorAndNoWrongNumber() {
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> footprint(LLAMA_70B, DataFormat.F32, 1 << 20, 1L << 30));
  }
}
