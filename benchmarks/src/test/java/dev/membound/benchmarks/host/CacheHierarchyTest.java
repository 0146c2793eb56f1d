package dev.membound.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.Residency;
import java.util.List;
import org.junit.jupiter.api.Test;

class CacheHierarchyTest {
  private static final CacheHierarchy TWO_SOCKETS =
      new CacheHierarchy(
          List.of(
              new CacheLevel(1, 32 << 10, 2),
              new CacheLevel(2, 1 << 20, 2),
              new CacheLevel(3, 64 << 20, 16)),
          32);

  @Test
  void halfOfL1AndL2CountingThreadsThatShareThem() {
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L1, 1)).hasValue(16 << 10);
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L1, 2)).hasValue(16 << 10);
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L1, 4)).hasValue(32 << 10);
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L2, 4)).hasValue(1 << 20);
  }

  @Test
  void l3LiesBetweenL2AndL3() {
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L3, 1)).hasValue(8 << 20);
    // 16 threads reach 8 MiB of L2 and one L3
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.L3, 16).getAsLong())
        .isBetween(8L << 20, 64L << 20);
  }

  @Test
  void aSmallL3BehindALargeL2CannotBeStreamedFrom() {
    CacheHierarchy flat =
        new CacheHierarchy(
            List.of(
                new CacheLevel(1, 48 << 10, 1),
                new CacheLevel(2, 2 << 20, 1),
                new CacheLevel(3, 12 << 20, 8)),
            8);
    assertThat(flat.workingSetBytes(Residency.L3, 1)).isPresent();
    assertThat(flat.workingSetBytes(Residency.L3, 8)).isEmpty();
  }

  @Test
  void dramCountsEveryLastLevelCacheThatTheThreadsReach() {
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.DRAM, 1)).hasValue(512L << 20);
    assertThat(TWO_SOCKETS.workingSetBytes(Residency.DRAM, 32)).hasValue(1024L << 20);
  }

  @Test
  void unknownCachesLeaveOnlyALargeDramWorkingSet() {
    CacheHierarchy unknown = new CacheHierarchy(List.of(), 4);
    assertThat(unknown.workingSetBytes(Residency.L1, 1)).isEmpty();
    assertThat(unknown.workingSetBytes(Residency.L3, 1)).isEmpty();
    assertThat(unknown.workingSetBytes(Residency.DRAM, 4)).hasValue(512L << 20);
    assertThat(unknown.lastLevelBytes(1)).isEmpty();
  }

  @Test
  void everyShareIsWholePages() {
    for (int threads = 1; threads <= 7; threads++) {
      for (Residency residency : Residency.values()) {
        int divisor = 4096 * threads;
        TWO_SOCKETS
            .workingSetBytes(residency, threads)
            .ifPresent(bytes -> assertThat(bytes % divisor).isZero());
      }
    }
  }

  @Test
  void refusesNoThreadsAndNoCores() {
    assertThatThrownBy(() -> TWO_SOCKETS.workingSetBytes(Residency.L1, 0))
        .hasMessageContaining("0");
    assertThatThrownBy(() -> new CacheHierarchy(List.of(), 0)).hasMessageContaining("0");
  }
}
