package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import java.util.List;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecodeWorkloadTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  private static DecodeWorkload decode(int batch, long context, KvSelection selection) {
    return new DecodeWorkload(batch, context, F16, selection);
  }

  private static long sum(List<Operator> operators, ToLongFunction<OperatorCost> part) {
    return operators.stream().mapToLong(o -> o.repeats() * part.applyAsLong(o.cost())).sum();
  }

  @ParameterizedTest
  @ValueSource(strings = {"llama-3.1-8b", "llama-3.1-70b"})
  void aStepReadsEveryWeightOnceAndOneRowOfTheEmbedding(String name) {
    LlmArchitecture model = LlmCatalogue.find(name);
    List<Operator> operators = decode(1, 0, new Dense()).operators(model, Sharding.NONE);

    assertThat(sum(operators, OperatorCost::weightBytes))
        .isEqualTo(2 * (model.parameters() - model.embeddingElements() + model.hidden()));
  }

  @Test
  void tiedAndLearnedTablesAreReadAsTheyAre() {
    LlmArchitecture opt = LlmCatalogue.find("opt-13b");
    List<Operator> operators = decode(1, 0, new Dense()).operators(opt, Sharding.NONE);
    long positions = (long) opt.learnedPositions() * opt.hidden();

    // The tied table is read as the LM head, and a row of it and of the positions as the embedding.
    assertThat(sum(operators, OperatorCost::weightBytes))
        .isEqualTo(2 * (opt.parameters() - positions + 2L * opt.hidden()));
  }

  @Test
  void aStepReadsTheWholeKvCacheAndWritesOneToken() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    List<Operator> operators = decode(3, 1000, new Dense()).operators(model, Sharding.NONE);

    assertThat(sum(operators, OperatorCost::kvReadBytes)).isEqualTo(3L * 1000 * 327_680);
    assertThat(sum(operators, OperatorCost::kvWriteBytes)).isEqualTo(3L * 327_680);
  }

  @Test
  void topKReadsDigestsAndTheSelectedTokensOnly() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    List<Operator> operators =
        decode(1, 131_072, new QuestTopK(16, 2048)).operators(model, Sharding.NONE);

    assertThat(sum(operators, OperatorCost::indexBytes)).isEqualTo((40L << 30) / 16);
    assertThat(sum(operators, OperatorCost::kvReadBytes)).isEqualTo(2048L * 327_680);
  }

  @Test
  void aBudgetThatHoldsTheWholeContextIsDense() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-8b");

    assertThat(decode(1, 2048, new QuestTopK(16, 2048)).operators(model, Sharding.NONE))
        .isEqualTo(decode(1, 2048, new Dense()).operators(model, Sharding.NONE));
  }

  @Test
  void tensorParallelSlicesAddUpToTheWhole() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    List<Operator> whole = decode(4, 1000, new Dense()).operators(model, Sharding.NONE);
    List<Operator> slice = decode(4, 1000, new Dense()).operators(model, new Sharding(8, 0));

    assertThat(8 * matrixWeights(slice)).isEqualTo(matrixWeights(whole));
    assertThat(8 * sum(slice, OperatorCost::kvReadBytes))
        .isEqualTo(sum(whole, OperatorCost::kvReadBytes));
    assertThat(slice).filteredOn(o -> o.kernel() == Kernel.ALL_REDUCE).hasSize(2);
    assertThat(whole).noneMatch(o -> o.kernel() == Kernel.ALL_REDUCE);
  }

  private static long matrixWeights(List<Operator> operators) {
    return sum(
        operators.stream().filter(o -> o.kernel() == Kernel.GEMV).toList(),
        OperatorCost::weightBytes);
  }

  @Test
  void flopsOfAStepAreTwoAWeightAndFourAKeyElementAndHead() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-8b");
    List<Operator> operators = decode(1, 99, new Dense()).operators(model, Sharding.NONE);
    long matrices = model.matrixElements() - model.embeddingElements();

    assertThat(
            sum(
                operators.stream().filter(o -> o.kernel() == Kernel.GEMV).toList(),
                OperatorCost::flops))
        .isEqualTo(2 * matrices);
    assertThat(
            sum(
                operators.stream().filter(o -> o.kernel() == Kernel.ATTENTION).toList(),
                OperatorCost::flops))
        .isEqualTo(32L * 4 * 100 * 32 * 128);
  }

  @Test
  void headsThatTheDevicesDoNotDivideAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                decode(1, 0, new Dense())
                    .operators(LlmCatalogue.find("llama-3.1-8b"), new Sharding(3, 0)))
        .withMessage(
            "tensor parallelism over 3 devices does not divide the 32 query heads of llama-3.1-8b");
  }

  @Test
  void absurdSizesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> decode(0, 1, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> decode(1, -1, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> decode(1, 1L << 40, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> new QuestTopK(16, 100));
  }
}
