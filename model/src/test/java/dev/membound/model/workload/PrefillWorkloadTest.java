package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PrefillWorkloadTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  @Test
  void causalAttentionCostsHalfTheSquare() {
    List<Operator> operators =
        new PrefillWorkload(2, 100, F16).operators(LlmCatalogue.find("tiny"), Sharding.NONE);
    Operator attention =
        operators.stream().filter(o -> o.kernel() == Kernel.ATTENTION).findFirst().orElseThrow();

    // 100 · 101 / 2 pairs of tokens, 8 heads of 64, 4 FLOP each.
    assertThat(attention.cost().flops()).isEqualTo(2L * 4 * 5050 * 8 * 64);
    assertThat(attention.cost().kvWriteBytes()).isEqualTo(2L * 100 * 2 * 2 * 64 * 2);
  }

  @Test
  void onlyTheLastTokenOfASequenceGetsLogits() {
    List<Operator> operators =
        new PrefillWorkload(2, 100, F16).operators(LlmCatalogue.find("tiny"), Sharding.NONE);

    assertThat(operators.getLast().name()).isEqualTo("lm-head");
    assertThat(operators.getLast().cost().flops()).isEqualTo(2L * 2 * 8192 * 512);
  }

  @ParameterizedTest
  @ValueSource(strings = {"tiny", "gpt-oss-20b", "deepseek-v3.2", "qwen3-next-80b-a3b"})
  void chunksDoTheAttentionOfTheWholePromptAndReadTheWeightsEachTime(String name) {
    LlmArchitecture model = LlmCatalogue.find(name);
    PrefillWorkload whole = new PrefillWorkload(2, 10_000, F16);
    List<PrefillWorkload> chunks = whole.chunks(3000);

    assertThat(chunks)
        .extracting(PrefillWorkload::promptTokens)
        .containsExactly(3000L, 3000L, 3000L, 1000L);
    assertThat(chunks.getLast().finalContextTokens()).isEqualTo(10_000);
    long attention =
        chunks.stream().mapToLong(chunk -> flops(chunk, model, Kernel.ATTENTION)).sum();
    assertThat(attention).isEqualTo(flops(whole, model, Kernel.ATTENTION));
    long norms = chunks.stream().mapToLong(chunk -> flops(chunk, model, Kernel.NORM)).sum();
    assertThat(norms).isEqualTo(flops(whole, model, Kernel.NORM));
  }

  private static long flops(PrefillWorkload workload, LlmArchitecture model, Kernel kernel) {
    return workload.operators(model, Sharding.NONE).stream()
        .filter(o -> o.kernel() == kernel)
        .mapToLong(o -> o.repeats() * o.cost().flops())
        .sum();
  }

  @Test
  void aCachedPrefixIsAttendedToAndNotComputed() {
    LlmArchitecture model = LlmCatalogue.find("tiny");
    PrefillWorkload workload = new PrefillWorkload(3, 10, 90, 50, F16);
    Operator attention =
        workload.operators(model, Sharding.NONE).stream()
            .filter(o -> o.kernel() == Kernel.ATTENTION)
            .findFirst()
            .orElseThrow();
    long entry = 2L * 2 * 64 * 2;

    // The shared 50 once, 40 of everybody's own, and the new ones back.
    assertThat(attention.cost().kvReadBytes()).isEqualTo((50 + 3 * 40 + 3 * 10) * entry);
    assertThat(attention.cost().kvWriteBytes()).isEqualTo(3 * 10 * entry);
    // 91 + 92 + ... + 100 pairs.
    assertThat(attention.cost().flops()).isEqualTo(3L * 955 * 4 * 8 * 64);
  }

  @Test
  void aPromptExpandsItsLatentVectors() {
    LlmArchitecture model = LlmCatalogue.find("deepseek-v3");
    List<Operator> operators = new PrefillWorkload(1, 100, F16).operators(model, Sharding.NONE);

    assertThat(operators)
        .noneMatch(o -> o.name().endsWith("-absorb"))
        .anySatisfy(
            o -> {
              assertThat(o.name()).isEqualTo("latent-up");
              assertThat(o.cost().weightBytes()).isEqualTo(2L * 512 * 128 * (128 + 128));
              assertThat(o.cost().flops()).isEqualTo(100L * o.cost().weightBytes());
            })
        .anySatisfy(
            o -> {
              assertThat(o.name()).isEqualTo("latent-attention");
              assertThat(o.cost().flops()).isEqualTo(5050L * 2 * 128 * (192 + 128));
            });
  }

  @Test
  void chunksAndCachesThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrefillWorkload(1, 10, F16).chunks(0))
        .withMessage("a chunk has at least 1 token, got 0");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new PrefillWorkload(1, 10, 5, 6, F16))
        .withMessage("the shared prefix must be cached, got 6 of 5 tokens");
  }

  @Test
  void anEmptyPromptIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PrefillWorkload(1, 0, F16));
  }
}
