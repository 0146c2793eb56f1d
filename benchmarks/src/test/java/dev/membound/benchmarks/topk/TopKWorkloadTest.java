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
  void theSparseStepRotatesOverKeysAndValuesToo() {
    long wanted = 256L << 20;
    TopKWorkload brief = sparse(8192, wanted);
    TopKWorkload odd = sparse(13 * 1024, wanted);
    TopKWorkload vast = sparse(1 << 20, wanted);

    // 4 KiB of keys and values a token: 8 sequences of 32 MiB, digests of 2 MiB.
    assertThat(brief.sequences()).isEqualTo(8);
    assertThat(brief.copies()).isEqualTo(128);
    assertThat(brief.workingSetBytes()).isEqualTo(2 * wanted).isEqualTo(brief.memoryBytes());
    assertThat(odd.copies() % odd.sequences()).as("digests go round with sequences").isZero();
    assertThat(vast.sequences()).isEqualTo(1);
  }

  private static TopKWorkload sparse(int context, long wantedWorkingSetBytes) {
    return new TopKWorkload(
        TopKKernel.SPARSE_STEP,
        new KvShape(KvType.F16, 32, 8, 128, context, 16),
        2048,
        1,
        Residency.DRAM,
        wantedWorkingSetBytes);
  }

  @Test
  void theIndexerRotatesOverIndices() {
    IndexerScanBenchmark benchmark = new IndexerScanBenchmark();
    benchmark.threads = 1;
    benchmark.heads = 8;
    benchmark.context = 1024;
    benchmark.workingSetBytes = 1 << 20;
    benchmark.prepare();

    // 132 bytes a token: 8 indices exceed 1 MiB.
    assertThat(benchmark.rotatedBytes()).isEqualTo(8 * 132 * 1024);
    float[] first = benchmark.scan(new TrafficCounters()).clone();
    assertThat(benchmark.scan(new TrafficCounters())).as("an equal index").isEqualTo(first);
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

    for (int call = 0; call < 5; call++) { // all of its sequences
      assertThat(benchmark.step(new TrafficCounters()).lse())
          .doesNotContain(Double.NEGATIVE_INFINITY, Double.NaN);
    }
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
    benchmark.workingSetBytes = 600_000; // two and a bit of keys and values
    benchmark.prepare();
    return benchmark;
  }
}
