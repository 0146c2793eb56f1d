package dev.membound.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.attention.AttentionBenchmark;
import dev.membound.benchmarks.attention.MlaBenchmark;
import dev.membound.benchmarks.gemv.GemvBenchmark;
import dev.membound.benchmarks.topk.IndexerScanBenchmark;
import dev.membound.benchmarks.topk.TopKBenchmark;
import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.Residency;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openjdk.jmh.annotations.Param;

class WorkingSetSizeTest {
  private static final long MIB = 1 << 20;
  private static final CacheHierarchy CACHES =
      new CacheHierarchy(List.of(new CacheLevel(2, MIB, 1), new CacheLevel(3, 32 * MIB, 2)), 2);

  @Test
  void dramIsEightTimesTheLastLevel() {
    assertThat(WorkingSetSize.fitting(CACHES, 0, Residency.DRAM, 1)).isEqualTo(256 * MIB);
    assertThat(WorkingSetSize.fitting(CACHES, 4096 * MIB, Residency.DRAM, 2)).isEqualTo(256 * MIB);
  }

  @Test
  void littleMemoryShrinksIt() {
    assertThat(WorkingSetSize.fitting(CACHES, 300 * MIB, Residency.DRAM, 1)).isEqualTo(75 * MIB);
  }

  @Test
  void whatIsAskedForStays() {
    assertThat(WorkingSetSize.of(12345, Residency.DRAM, 1)).isEqualTo(12345);
    assertThat(WorkingSetSize.of(-1, Residency.DRAM, 1))
        .as("for the workload to refuse")
        .isEqualTo(-1);
    assertThat(WorkingSetSize.of(0, Residency.DRAM, 1)).isPositive();
  }

  @Test
  void aLevelThatIsNotThereIsRefused() {
    assertThatThrownBy(() -> WorkingSetSize.fitting(CACHES, 0, Residency.L1, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no L1 cache to stream from")
        .hasMessageContaining("-p workingSetBytes=");
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        GemvBenchmark.class,
        AttentionBenchmark.class,
        MlaBenchmark.class,
        TopKBenchmark.class,
        IndexerScanBenchmark.class
      })
  void benchmarksLeaveItToTheMachine(Class<?> benchmark) throws NoSuchFieldException {
    assertThat(benchmark.getField("workingSetBytes").getAnnotation(Param.class).value())
        .containsExactly("0");
  }
}
