package dev.membound.benchmarks.attention;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.KvLayout;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.MlaCache;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.model.run.Residency;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AttentionWorkloadTest {
  private static final KvShape LLAMA_8B = new KvShape(KvType.F16, 32, 8, 128, 32768, 16);

  @Test
  void countsEachKvByteOnceForItsGroup() {
    AttentionWorkload workload =
        new AttentionWorkload(LLAMA_8B, false, 1, Residency.DRAM, 256L << 20);

    // K and V, 8 heads of 128 halves: 4 KiB a token.
    assertThat(workload.bytes())
        .isEqualTo(Map.of("kv", 32768L * 4096, "activations", 2L * 4 * 32 * 128));
    assertThat(workload.flops()).isEqualTo(4L * 32 * 128 * 32768);
    assertThat(workload.workingSetBytes()).isEqualTo(2 * 32768L * 4096);
  }

  @Test
  void scatteredBlocksGiveTheirOwnLayoutAndFiniteResults() {
    AttentionBenchmark benchmark = new AttentionBenchmark();
    benchmark.threads = 2;
    benchmark.format = KvType.BF16;
    benchmark.queryHeads = 8;
    benchmark.kvHeads = 2;
    benchmark.headDim = 64;
    benchmark.context = 100;
    benchmark.blockSize = 16;
    benchmark.scattered = true;
    benchmark.kvLayout = CacheLayout.FITTING;
    benchmark.residency = Residency.L2;
    benchmark.workingSetBytes = 200_000;
    benchmark.prepare();
    TrafficCounters traffic = new TrafficCounters();

    AttentionState state = benchmark.attend(traffic);

    assertThat(state.lse()).doesNotContain(Double.NEGATIVE_INFINITY, Double.NaN);
    assertThat(traffic.bytes).isEqualTo(2L * 2 * 100 * 64 * 2 + 2L * 4 * 8 * 64);
    assertThat(new AttentionWorkload(LLAMA_8B, true, 1, Residency.DRAM, 1).layout())
        .isEqualTo(AttentionWorkload.SCATTERED);
  }

  @Test
  void latentAttentionRotatesOverSequences() {
    MlaBenchmark benchmark = new MlaBenchmark();
    benchmark.threads = 1;
    benchmark.format = MlaCache.Format.BF16;
    benchmark.heads = 4;
    benchmark.context = 100;
    benchmark.workingSetBytes = 300_000;
    benchmark.prepare();

    // 1,152 bytes a token: three sequences exceed 300 kB.
    assertThat(benchmark.rotatedBytes()).isEqualTo(3 * 1152 * 100);
    for (int call = 0; call < 4; call++) {
      assertThat(benchmark.attend(new TrafficCounters()).lse())
          .doesNotContain(Double.NEGATIVE_INFINITY, Double.NaN);
    }
  }

  @Test
  void theFittingLayoutKeepsScatteredBlocksWhole() {
    assertThat(CacheLayout.FITTING.of(true)).isEqualTo(KvLayout.BLOCK_MAJOR);
    assertThat(CacheLayout.FITTING.of(false)).isEqualTo(PagedKvCache.DEFAULT_LAYOUT);
    for (boolean scattered : new boolean[] {false, true}) {
      assertThat(CacheLayout.HEAD_MAJOR.of(scattered)).isEqualTo(KvLayout.HEAD_MAJOR);
      assertThat(CacheLayout.BLOCK_MAJOR.of(scattered)).isEqualTo(KvLayout.BLOCK_MAJOR);
    }
  }
}
