package dev.membound.benchmarks.topk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.Residency;
import org.junit.jupiter.api.Test;

class TopKWorkloadTest {
  private static final KvShape LLAMA_8B = new KvShape(KvType.F16, 32, 8, 128, 131072, 16);

  @Test
  void digestsAreTwoVectorsAPage() {
    TopKWorkload scan = new TopKWorkload(TopKKernel.DIGEST_SCAN, LLAMA_8B, 0, 1, Residency.DRAM, 1);

    assertThat(scan.bytes().get("index")).isEqualTo(2L * 131072 / 16 * 8 * 128 * 2);
  }

  @Test
  void keyScoringReadsHalfTheCache() {
    TopKWorkload scoring =
        new TopKWorkload(TopKKernel.KEY_SCORING, LLAMA_8B, 0, 1, Residency.DRAM, 1);

    assertThat(scoring.bytes().get("kv")).isEqualTo(131072L * 8 * 128 * 2);
    assertThat(scoring.flops()).isEqualTo(2L * 32 * 128 * 131072);
  }

  @Test
  void theSparseStepReadsDigestsAndTheBudget() {
    TopKWorkload step =
        new TopKWorkload(TopKKernel.SPARSE_STEP, LLAMA_8B, 2048, 1, Residency.DRAM, 1);

    assertThat(step.bytes().get("index")).isEqualTo(2L * 131072 / 16 * 8 * 128 * 2);
    assertThat(step.bytes().get("kv")).isEqualTo(2L * 2048 * 8 * 128 * 2);
  }

  @Test
  void aBudgetMustFillBlocks() {
    assertThatThrownBy(
            () -> new TopKWorkload(TopKKernel.SPARSE_STEP, LLAMA_8B, 1000, 1, Residency.DRAM, 1))
        .hasMessageContaining("1000 tokens in blocks of 16");
  }

  @Test
  void digestsAreScanned() {
    DigestScanBenchmark benchmark = prepared(new DigestScanBenchmark());
    TrafficCounters traffic = new TrafficCounters();

    assertThat(benchmark.scan(traffic)).hasSize(2 * 32).doesNotContain(Float.NaN);
    assertThat(traffic.bytes).isEqualTo(2L * 32 * 2 * 64 * 2 + 4L * 8 * 64 + 4L * 2 * 32);
  }

  @Test
  void keysAreScored() {
    KeyScoringBenchmark benchmark = prepared(new KeyScoringBenchmark());

    assertThat(benchmark.score(new TrafficCounters())).hasSize(2 * 512).doesNotContain(Float.NaN);
  }

  @Test
  void theSparseStepAttends() {
    SparseStepBenchmark benchmark = new SparseStepBenchmark();
    benchmark.budgetTokens = 64;
    prepared(benchmark);

    assertThat(benchmark.step(new TrafficCounters()).lse())
        .doesNotContain(Double.NEGATIVE_INFINITY, Double.NaN);
  }

  private static <B extends TopKBenchmark> B prepared(B benchmark) {
    benchmark.threads = 1;
    benchmark.format = KvType.F16;
    benchmark.queryHeads = 8;
    benchmark.kvHeads = 2;
    benchmark.headDim = 64;
    benchmark.context = 512;
    benchmark.blockSize = 16;
    benchmark.residency = Residency.L2;
    benchmark.workingSetBytes = 100_000;
    benchmark.prepare();
    return benchmark;
  }
}
