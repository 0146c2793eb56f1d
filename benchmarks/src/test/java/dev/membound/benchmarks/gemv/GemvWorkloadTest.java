package dev.membound.benchmarks.gemv;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.gemv.ActivationPath;
import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class GemvWorkloadTest {
  @Test
  void countsBytesAndFlopsOfACall() {
    GemvWorkload q8 =
        new GemvWorkload(
            QuantType.Q8_0, MatrixLayout.FILE, 14336, 4096, 1, 1, Residency.DRAM, 128 << 20);

    // 4096 weights are 128 blocks of 34 bytes; x is read, y written, 4 bytes each.
    assertThat(q8.bytes())
        .isEqualTo(Map.of("weights", 14336L * 128 * 34, "activations", 4L * (14336 + 4096)));
    assertThat(q8.flops()).isEqualTo(2L * 14336 * 4096);
    // 62.4 MB a matrix: three of them exceed 128 MiB.
    assertThat(q8.workingSetBytes()).isEqualTo(3 * 14336L * 128 * 34);
  }

  @Test
  void anotherActivationPathIsAnotherMeasurement() {
    List<ActivationPath> paths = Gemv.activationPaths(QuantType.Q4_K, MatrixLayout.FILE, 1);

    assertThat(paths).hasSize(2);
    assertThat(id(paths.getFirst()))
        .as("the default path's id names none, as ever")
        .isEqualTo("gemv/Q4_K/FILE/cols=1024,rows=64/b1/t1/L2");
    assertThat(id(paths.getLast())).isEqualTo(id(paths.getFirst()) + "/" + paths.getLast());
  }

  private static String id(ActivationPath path) {
    GemvWorkload workload =
        new GemvWorkload(QuantType.Q4_K, MatrixLayout.FILE, 64, 1024, 1, path, 1, Residency.L2, 1);
    return new PlannedWorkload(workload, 1).id();
  }

  @ParameterizedTest
  @EnumSource(QuantType.class)
  void theBenchmarkMultipliesAndCounts(QuantType type) {
    GemvBenchmark benchmark = new GemvBenchmark();
    benchmark.threads = 2;
    benchmark.format = type;
    benchmark.layout = MatrixLayout.PACKED;
    benchmark.rows = 64;
    benchmark.cols = 512;
    benchmark.batch = 1;
    benchmark.activations = ActivationChoice.DEFAULT;
    benchmark.residency = Residency.L1;
    benchmark.workingSetBytes = 200_000;
    benchmark.prepare();
    TrafficCounters traffic = new TrafficCounters();

    float[] first = benchmark.multiply(traffic).clone();
    float[] second = benchmark.multiply(traffic);

    assertThat(second).as("a copy of the first matrix").isEqualTo(first);
    assertThat(first).as("a result").isNotEqualTo(new float[64]);
    assertThat(traffic.flops).isEqualTo(2 * 2L * 64 * 512);
    assertThat(traffic.bytes).isEqualTo(2 * (64 * type.rowBytes(512) + 4L * (64 + 512)));
  }
}
