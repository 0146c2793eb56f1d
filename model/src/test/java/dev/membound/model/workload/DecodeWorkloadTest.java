package dev.membound.model.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.llm.MixtureOfExperts;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.KvSelection.QuestTopK;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class DecodeWorkloadTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);

  private static DecodeWorkload decode(int batch, long context, KvSelection selection) {
    return new DecodeWorkload(batch, context, F16, selection);
  }

  private static long sum(List<Operator> operators, ToLongFunction<OperatorCost> part) {
    return operators.stream().mapToLong(o -> o.repeats() * part.applyAsLong(o.cost())).sum();
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
    List<Operator> slice = decode(4, 1000, new Dense()).operators(model, Sharding.tensor(8));

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

  // Sparse latent attention at 131,072 tokens, one layer: indexer and selection against all.

  @Test
  void sparseAttentionReads17Point3MbOfIndexAnd1Point34MbOfCacheInPlaceOf151Mb() {
    Formats sparse = new Formats(DataFormat.FP8, DataFormat.FP8_G128, DataFormat.BF16);
    Formats dense = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);
    List<Operator> selecting = step("deepseek-v3.2", sparse, 131_072);
    long index = only(selecting, "index-scan").cost().indexBytes();
    long cache = only(selecting, "latent-attention").cost().kvReadBytes();
    long all = only(step("deepseek-v3", dense, 131_072), "latent-attention").cost().kvReadBytes();

    assertThat(index).isEqualTo(17_301_504);
    assertThat(cache).isEqualTo(1_343_488);
    assertThat(all).isEqualTo(150_994_944);
    assertThat((double) all / (index + cache)).isCloseTo(8.1, within(0.05));
  }

  @Test
  void sparseAttentionAt200000TokensReads25Point8MbAnd1Point18Mb() {
    Formats formats =
        new Formats(
            DataFormat.FP8,
            DataFormat.FP8,
            DataFormat.BF16,
            DataFormat.FP8_G128_E8M0,
            DataFormat.F32);
    List<Operator> selecting = step("deepseek-v3.2", formats, 200_000);

    assertThat(only(selecting, "index-scan").cost().indexBytes()).isEqualTo(25_800_000);
    assertThat(only(selecting, "latent-attention").cost().kvReadBytes()).isEqualTo(2048 * 576);
  }

  @Test
  void aContextWithinTheSelectionIsNotScanned() {
    Formats formats = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);

    assertThat(step("deepseek-v3.2", formats, 2048))
        .noneMatch(o -> o.name().equals("index-scan"))
        .anySatisfy(
            o -> {
              assertThat(o.name()).isEqualTo("latent-attention");
              assertThat(o.cost().kvReadBytes()).isEqualTo(2048 * 1152);
              // The entry and its indexer key.
              assertThat(o.cost().kvWriteBytes()).isEqualTo(1152 + 132);
            });
  }

  @Test
  void absorbedLatentAttentionDoes278528FlopsAToken() {
    Formats formats = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);
    Operator attention = only(step("deepseek-v3", formats, 999), "latent-attention");

    // 128 heads · (576 + 512) · 2: 242 FLOP a byte of BF16.
    assertThat(attention.cost().flops()).isEqualTo(1000 * 278_528L);
  }

  @ParameterizedTest
  @MethodSource("denseModels")
  void everyWeightOfEveryKindIsReadOnce(String name) {
    LlmArchitecture model = LlmCatalogue.find(name);
    List<Operator> operators = decode(1, 0, new Dense()).operators(model, Sharding.NONE);
    // The table is read as the LM head where it is tied, else by one row.
    long unread =
        (model.tiedEmbeddings() ? 0 : model.embeddingElements())
            + (long) model.learnedPositions() * model.hidden();
    long rows = (model.learnedPositions() > 0 ? 2L : 1L) * model.hidden();

    assertThat(sum(operators, OperatorCost::weightBytes))
        .isEqualTo(2 * (model.parameters() - unread + rows));
  }

  static Stream<String> denseModels() {
    return LlmCatalogue.all().stream()
        .filter(m -> m.parameters() == m.activeParameters())
        .filter(m -> m.stateElements() == 0)
        .map(LlmArchitecture::name);
  }

  @Test
  void statesAreReadAndWrittenWhateverTheContext() {
    LlmArchitecture model = LlmCatalogue.find("nemotron-h-56b");
    long states = 3 * 4 * model.stateElements();
    List<Operator> operators =
        decode(3, 50, new Dense()).operators(model, Sharding.NONE).stream()
            .filter(o -> o.name().equals("linear-attention"))
            .toList();

    assertThat(sum(operators, OperatorCost::kvReadBytes)).isEqualTo(states);
    assertThat(sum(operators, OperatorCost::kvWriteBytes)).isEqualTo(states);
    // 5 FLOP a state element; convolutions are left out.
    assertThat(sum(operators, OperatorCost::flops)).isEqualTo(3 * 54L * 5 * 256 * 64 * 256);
  }

  @Test
  void aWindowReadsItsLatestTokensOnly() {
    LlmArchitecture model = LlmCatalogue.find("gpt-oss-20b");
    List<Operator> operators = decode(2, 10_000, new Dense()).operators(model, Sharding.NONE);

    // The window of 128 holds the new token itself.
    assertThat(only(operators, "sliding-attention").cost().kvReadBytes())
        .isEqualTo(2L * 127 * 2 * 8 * 64 * 2);
    assertThat(only(operators, "sliding-attention").cost().flops())
        .isEqualTo(2L * 128 * 4 * 64 * 64);
    assertThat(only(operators, "attention").cost().kvReadBytes())
        .isEqualTo(2L * 10_000 * 2 * 8 * 64 * 2);
  }

  @Test
  void equalOperatorsOfDifferentLayersAreMerged() {
    LlmArchitecture model = LlmCatalogue.find("gemma-3-27b");
    List<Operator> operators = decode(1, 10_000, new Dense()).operators(model, Sharding.NONE);

    assertThat(only(operators, "qkv").repeats()).isEqualTo(62);
    assertThat(only(operators, "sliding-attention").repeats()).isEqualTo(52);
    assertThat(only(operators, "attention").repeats()).isEqualTo(10);
    assertThat(only(operators, "feed-forward-post-norm").repeats()).isEqualTo(62);
  }

  // Mixtures of experts.

  @ParameterizedTest
  @CsvSource({
    "mixtral-8x7b, 1, 2", // 8 · (1 − (6/8)^1)
    "mixtral-8x7b, 2, 3.5", // 8 · (1 − (6/8)^2)
    "qwen3-30b-a3b, 1, 8",
    "qwen3-30b-a3b, 16, 82.4225113", // 128 · (1 − (120/128)^16)
  })
  void theExpectedDistinctExpertsAreRead(String name, int batch, double experts) {
    LlmArchitecture model = LlmCatalogue.find(name);
    MixtureOfExperts mixture = (MixtureOfExperts) model.groups().getFirst().feedForward();
    List<Operator> operators = decode(batch, 10, new Dense()).operators(model, Sharding.NONE);
    double bytes = experts * 2 * mixture.expert().expandElements(model.hidden());

    assertThat((double) only(operators, "experts-expand").cost().weightBytes())
        .isCloseTo(bytes, Percentage.withPercentage(1e-5));
    assertThat(only(operators, "experts-expand").cost().flops())
        .isEqualTo(2L * batch * mixture.active() * mixture.expert().expandElements(model.hidden()));
  }

  @Test
  void aLargeBatchReadsEveryExpertOnce() {
    LlmArchitecture model = LlmCatalogue.find("deepseek-v3");
    List<Operator> operators = decode(100_000, 0, new Dense()).operators(model, Sharding.NONE);
    long experts = 58L * 256 * 3 * 7168 * 2048;

    assertThat(
            sum(
                operators.stream().filter(o -> o.name().startsWith("experts-")).toList(),
                OperatorCost::weightBytes))
        .isEqualTo(2 * experts);
  }

  @Test
  void expertParallelDevicesExchangeTokensAndHoldWholeExperts() {
    LlmArchitecture model = LlmCatalogue.find("deepseek-v3");
    Formats formats = new Formats(DataFormat.FP8, DataFormat.BF16, DataFormat.BF16);
    DecodeWorkload workload = new DecodeWorkload(1024, 4096, formats, new Dense());
    List<Operator> operators = workload.operators(model, new Sharding(1, 1, 32, 32, 1, 0));
    Operator dispatch = only(operators, "expert-dispatch");

    // 32 sequences a device, 8 experts a token, 31/32 of them elsewhere.
    assertThat(dispatch.kernel()).isEqualTo(Kernel.ALL_TO_ALL);
    assertThat(dispatch.participants()).isEqualTo(32);
    assertThat(dispatch.inputBytes()).isEqualTo(32L * 8 * 7168 * 2);
    assertThat(dispatch.cost().collectiveBytes()).isEqualTo(31L * 8 * 7168 * 2);
    assertThat(dispatch.cost().bytes()).isZero();
    // 8 experts a device, all of them touched by 1024 tokens; 1024 · 8 / 32 choices.
    Operator expand = only(operators, "experts-expand");
    assertThat(expand.cost().weightBytes()).isEqualTo(8L * 2 * 7168 * 2048);
    assertThat(expand.cost().flops()).isEqualTo(256L * 2 * 2 * 7168 * 2048);
    assertThat(operators).noneMatch(o -> o.kernel() == Kernel.ALL_REDUCE);
  }

  @Test
  void slicedExpertsNeedNoExchangeBesidesTheAllReduce() {
    List<Operator> operators =
        decode(8, 10, new Dense()).operators(LlmCatalogue.find("mixtral-8x7b"), Sharding.tensor(4));

    assertThat(operators).noneMatch(o -> o.kernel() == Kernel.ALL_TO_ALL);
    assertThat(only(operators, "feed-forward-all-reduce").cost().collectiveBytes())
        .isEqualTo(Math.round(2.0 * 3 / 4 * 8 * 4096 * 2));
  }

  @Test
  void devicesBeyondTheKvHeadsHoldCopies() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    long eight = only(operators(model, 8), "attention").cost().kvReadBytes();

    assertThat(only(operators(model, 16), "attention").cost().kvReadBytes()).isEqualTo(eight);
    assertThat(only(operators(LlmCatalogue.find("deepseek-v3"), 8), "latent-attention"))
        .satisfies(o -> assertThat(o.cost().kvReadBytes()).isEqualTo(1000 * 1152));
  }

  private static List<Operator> operators(LlmArchitecture model, int tensorParallel) {
    return decode(1, 1000, new Dense()).operators(model, Sharding.tensor(tensorParallel));
  }

  // Several new tokens, shared prefixes.

  @ParameterizedTest
  @CsvSource({"llama-3.1-70b, 16", "deepseek-v3, 8", "qwen2.5-3b, 4"})
  void devicesThatHoldCopiesOfDigestsScoreTheirOwnHeads(String name, int tensor) {
    LlmArchitecture model = LlmCatalogue.find(name);
    DecodeWorkload step = decode(4, 32_768, new QuestTopK(16, 1024));

    assertThat(tensor * only(step, model, Sharding.tensor(tensor), "kv-selection").flops())
        .isEqualTo(only(step, model, Sharding.NONE, "kv-selection").flops());
  }

  private static OperatorCost only(
      InferenceWorkload workload, LlmArchitecture model, Sharding sharding, String operator) {
    return workload.operators(model, sharding).stream()
        .filter(o -> o.name().equals(operator))
        .map(Operator::cost)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void moreDevicesThanExpertsCannotSpreadThem() {
    LlmArchitecture model = LlmCatalogue.find("mixtral-8x7b");

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> decode(16, 100, new Dense()).operators(model, new Sharding(1, 1, 16, 16, 1, 0)))
        .withMessage(
            "expert parallelism over 16 devices is more than the 8 experts of mixtral-8x7b");
  }

  @Test
  void verifyingADraftReadsWeightsAndCacheOnce() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-8b");
    DecodeWorkload one = decode(2, 1000, new Dense());
    List<Operator> plain = one.operators(model, Sharding.NONE);
    List<Operator> five = one.withNewTokens(5).operators(model, Sharding.NONE);

    assertThat(only(five, "qkv").cost().weightBytes())
        .isEqualTo(only(plain, "qkv").cost().weightBytes());
    assertThat(only(five, "attention").cost().kvReadBytes())
        .isEqualTo(only(plain, "attention").cost().kvReadBytes());
    assertThat(only(five, "lm-head").cost().flops())
        .isEqualTo(5 * only(plain, "lm-head").cost().flops());
    // 1001 + 1002 + ... + 1005 pairs.
    assertThat(only(five, "attention").cost().flops()).isEqualTo(2L * 4 * 5015 * 32 * 128);
  }

  @Test
  void aSharedPrefixIsReadOnce() {
    LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
    DecodeWorkload shared = new DecodeWorkload(8, 5000, 1, 4000, F16, new Dense());

    assertThat(sum(shared.operators(model, Sharding.NONE), OperatorCost::kvReadBytes))
        .isEqualTo((4000 + 8L * 1000) * 327_680);
    // Its FLOPs are everybody's own.
    assertThat(only(shared.operators(model, Sharding.NONE), "attention").cost().flops())
        .isEqualTo(8L * 4 * 5001 * 64 * 128);
  }

  @Test
  void aWindowForgetsASharedPrefix() {
    LlmArchitecture model = LlmCatalogue.find("gpt-oss-20b");
    DecodeWorkload shared = new DecodeWorkload(4, 5000, 1, 4900, F16, new Dense());

    // 127 tokens back from 5000: 27 of the prefix once, 100 of everybody's own.
    assertThat(
            only(shared.operators(model, Sharding.NONE), "sliding-attention").cost().kvReadBytes())
        .isEqualTo((27 + 4 * 100L) * 2 * 8 * 64 * 2);
  }

  private static List<Operator> step(String model, Formats formats, long context) {
    return new DecodeWorkload(1, context, formats, new Dense())
        .operators(LlmCatalogue.find(model), Sharding.NONE);
  }

  private static Operator only(List<Operator> operators, String name) {
    return operators.stream().filter(o -> o.name().equals(name)).findFirst().orElseThrow();
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
                    .operators(LlmCatalogue.find("llama-3.1-8b"), Sharding.tensor(3)))
        .withMessage(
            "tensor parallelism over 3 devices does not divide the 32 query heads of llama-3.1-8b");
  }

  @Test
  void absurdSizesAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> decode(0, 1, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> decode(1, -1, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> decode(1, 1L << 40, new Dense()));
    assertThatIllegalArgumentException().isThrownBy(() -> new QuestTopK(16, 100));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> decode(1, 10, new Dense()).withNewTokens(0));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new DecodeWorkload(1, 10, 1, 11, F16, new Dense()))
        .withMessage("the shared prefix must be within the context, got 11 of 10 tokens");
    assertThatIllegalArgumentException().isThrownBy(() -> new Sharding(4, 1, 4, 2, 1, 0));
  }
}
