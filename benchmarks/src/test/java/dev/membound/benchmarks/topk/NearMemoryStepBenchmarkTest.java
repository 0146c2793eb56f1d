package dev.membound.benchmarks.topk;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.membound.kernels.attention.KvType;
import org.junit.jupiter.api.Test;

class NearMemoryStepBenchmarkTest {
  @Test
  void refusesBlocksWithoutTokens() {
    NearMemoryStepBenchmark benchmark = benchmark();
    benchmark.blockSize = 0;

    assertThatIllegalArgumentException()
        .isThrownBy(benchmark::prepare)
        .withMessageContaining("blocks of 0");
  }

  @Test
  void refusesMoreScoresThanAnArrayHolds() {
    NearMemoryStepBenchmark benchmark = benchmark();
    benchmark.queryHeads = 1 << 21;

    assertThatIllegalArgumentException()
        .isThrownBy(benchmark::prepare)
        .withMessageContaining("2147483648 scores of 2097152 query heads");
  }

  private static NearMemoryStepBenchmark benchmark() {
    NearMemoryStepBenchmark benchmark = new NearMemoryStepBenchmark();
    benchmark.format = KvType.F16;
    benchmark.queryHeads = 32;
    benchmark.kvHeads = 8;
    benchmark.headDim = 128;
    benchmark.context = 1024;
    benchmark.budgetTokens = 256;
    benchmark.blockSize = 16;
    return benchmark;
  }
}
