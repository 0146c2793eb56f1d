package dev.membound.benchmarks.ceiling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.Residency;
import java.lang.reflect.Field;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.annotations.Param;

class CeilingWorkloadTest {
  private static final CacheHierarchy CACHES =
      new CacheHierarchy(
          List.of(
              new CacheLevel(1, 48 << 10, 1),
              new CacheLevel(2, 1 << 20, 1),
              new CacheLevel(3, 32 << 20, 2)),
          2);

  @Test
  void readCountsEveryPassOverTheWorkingSet() {
    ReadWorkload l1 = ReadWorkload.at(Residency.L1, 2, CACHES).orElseThrow();
    assertThat(l1.workingSetBytes()).isEqualTo(48 << 10);
    // 2 × 64 MiB a call over 48 KiB
    assertThat(l1.passes()).isEqualTo(2730);
    assertThat(l1.bytes()).isEqualTo(Map.of("read", 2730L * 49152));

    ReadWorkload dram = ReadWorkload.at(Residency.DRAM, 1, CACHES).orElseThrow();
    assertThat(dram.bytes()).isEqualTo(Map.of("read", 256L << 20));
    assertThat(dram.flops()).isZero();
  }

  @Test
  void copyKeepsTheWriteAllocateColumnApart() {
    CopyWorkload copy = CopyWorkload.at(Residency.DRAM, 1, CACHES).orElseThrow();
    long array = 128L << 20;
    assertThat(copy.workingSetBytes()).isEqualTo(2 * array);
    assertThat(copy.bytes())
        .isEqualTo(Map.of("read", array, "write", array, "writeAllocate", array));
  }

  @Test
  void triadReadsTwoArraysWritesOneAndComputesTwoFlopsAnElement() {
    TriadWorkload triad = TriadWorkload.at(Residency.DRAM, 2, CACHES).orElseThrow();
    long array = 128L << 20;
    assertThat(triad.bytes())
        .isEqualTo(Map.of("read", 2 * array, "write", array, "writeAllocate", array));
    assertThat(triad.flops()).isEqualTo(2 * array / 4);
  }

  /** A call that reads nothing would measure empty calls. */
  @Test
  void callReadsAtLeastOneChunk() {
    ChunkWorkload chunk = ChunkWorkload.of(32L << 20, 1, CACHES);
    assertThat(chunk.chunks()).isEqualTo(1);
    assertThat(chunk.bytes()).isEqualTo(Map.of("read", 32L << 20));
  }

  @Test
  void chunksAreCountedInWholeChunks() {
    ChunkWorkload chunk = ChunkWorkload.of(4096, 2, CACHES);
    assertThat(chunk.workingSetBytes()).isEqualTo(256L << 20);
    assertThat(chunk.chunks()).isEqualTo(4096);
    assertThat(chunk.bytes()).isEqualTo(Map.of("read", 16L << 20));
    assertThat(chunk.shape()).containsEntry("chunkBytes", 4096L);
    assertThat(new ChunkWorkload(64, 1, 128).bytes()).isEqualTo(Map.of("read", 128L));
  }

  @Test
  void latencyClaimsNoBandwidth() {
    LatencyWorkload latency = LatencyWorkload.at(Residency.L2, CACHES).orElseThrow();
    assertThat(latency.workingSetBytes()).isEqualTo(512 << 10);
    assertThat(latency.bytes()).isEmpty();
    assertThat(latency.shape()).isEqualTo(Map.of("loads", 16384L));
    // 24 KiB, rounded down to a power of two
    assertThat(LatencyWorkload.at(Residency.L1, CACHES).orElseThrow().workingSetBytes())
        .isEqualTo(16 << 10);
  }

  @Test
  void fmaCountsTwoFlopsAMultiplyAdd() {
    assertThat(new FmaWorkload(2, 512).flops()).isEqualTo(2L * 2 * 12 * 16 * FmaWorkload.TURNS);
  }

  @Test
  void levelsThatTheMachineLacksGiveNoWorkload() {
    CacheHierarchy noL3 = new CacheHierarchy(CACHES.levels().subList(0, 2), 2);
    assertThat(ReadWorkload.at(Residency.L3, 1, noL3)).isEmpty();
    assertThat(ReadWorkload.at(Residency.L2, 1, noL3)).isPresent();
  }

  @Test
  void absurdSizesAreRefusedNamingThem() {
    assertThatThrownBy(() -> new ReadWorkload(Residency.L1, 2, 1000)).hasMessageContaining("1000");
    assertThatThrownBy(() -> new CopyWorkload(Residency.L1, 1, -8)).hasMessageContaining("-8");
    assertThatThrownBy(() -> new ChunkWorkload(96, 1, 4096)).hasMessageContaining("96");
    assertThatThrownBy(() -> new LatencyWorkload(Residency.L1, 100)).hasMessageContaining("100");
    assertThatThrownBy(() -> new FmaWorkload(0, 512)).hasMessageContaining("0");
  }

  static Stream<Workload> workloads() {
    return Stream.of(
        ReadWorkload.at(Residency.L1, 2, CACHES).orElseThrow(),
        CopyWorkload.at(Residency.DRAM, 2, CACHES).orElseThrow(),
        TriadWorkload.at(Residency.L2, 2, CACHES).orElseThrow(),
        ChunkWorkload.of(64, 1, CACHES),
        LatencyWorkload.at(Residency.DRAM, CACHES).orElseThrow(),
        new FmaWorkload(2, 512));
  }

  @ParameterizedTest
  @MethodSource("workloads")
  void paramsNameExactlyTheJmhParametersOfTheBenchmark(Workload workload) {
    List<String> names =
        Arrays.stream(workload.benchmark().getFields())
            .filter(field -> field.isAnnotationPresent(Param.class))
            .map(Field::getName)
            .toList();
    assertThat(workload.params().keySet()).containsExactlyInAnyOrderElementsOf(names);
  }
}
