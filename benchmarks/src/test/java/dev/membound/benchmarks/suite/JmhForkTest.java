package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.benchmarks.attention.AttentionWorkload;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.attention.PrefixReading;
import dev.membound.benchmarks.attention.SharedPrefix;
import dev.membound.benchmarks.attention.SharedPrefixWorkload;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.Residency;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

class JmhForkTest {
  private static final KvShape KV = new KvShape(KvType.F16, 8, 2, 64, 64, 16);

  @ParameterizedTest
  @EnumSource
  void ofSeveralMethodsTheWorkloadsOwnIsRun(PrefixReading reading) {
    Workload workload =
        new SharedPrefixWorkload(reading, new SharedPrefix(KV, 16, 2), 1, Residency.L2, 1);

    assertThat(selected(workload))
        .containsExactly(
            "dev.membound.benchmarks.attention.SharedPrefixBenchmark."
                + (reading == PrefixReading.CASCADE ? "cascade" : "flat"));
  }

  @Test
  void anOnlyMethodNeedsNoName() {
    assertThat(selected(new AttentionWorkload(KV, false, 1, Residency.L2, 1)))
        .containsExactly("dev.membound.benchmarks.attention.AttentionBenchmark.attend");
  }

  private static List<String> selected(Workload workload) {
    return BenchmarkList.defaultList()
        .find(
            OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
            List.of(JmhFork.include(workload)),
            List.of())
        .stream()
        .map(entry -> entry.getUsername())
        .toList();
  }
}
