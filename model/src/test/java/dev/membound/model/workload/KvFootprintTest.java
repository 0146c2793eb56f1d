package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import org.junit.jupiter.api.Test;

class KvFootprintTest {
  private static final LlmArchitecture LLAMA_70B = LlmCatalogue.find("llama-3.1-70b");

  @Test
  void llama70bTakes327680BytesATokenAnd40GibAt128kTokens() {
    long perToken = KvFootprint.bytesPerToken(LLAMA_70B, DataFormat.F16);

    assertThat(perToken).isEqualTo(327_680);
    assertThat(131_072 * perToken).isEqualTo(40L << 30).isEqualTo(42_949_672_960L);
  }

  @Test
  void questDigestsAreTwoOverThePageOfTheKeys() {
    KvSelection quest = new KvSelection.QuestTopK(16, 2048);

    // Keys are half of the KV cache, digests 2/16 of the keys: 1/16 of the cache.
    assertThat(KvFootprint.indexBytes(LLAMA_70B, DataFormat.F16, quest, 131_072))
        .isEqualTo((40L << 30) / 16);
  }
}
