package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.model.llm.LlmCatalogue;
import java.util.List;
import org.junit.jupiter.api.Test;

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

  @Test
  void anEmptyPromptIsRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new PrefillWorkload(1, 0, F16));
  }
}
