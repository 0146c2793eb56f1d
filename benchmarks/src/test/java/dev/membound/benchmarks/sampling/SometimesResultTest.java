package dev.membound.benchmarks.sampling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.ResultRole;
import org.openjdk.jmh.results.ThroughputResult;

class SometimesResultTest {
  @Test
  void iterationsWithoutOneDoNotCount() {
    IterationResult without = iteration();
    IterationResult with = iteration();
    with.addResult(new SometimesResult("share", 0.8));
    IterationResult other = iteration();
    other.addResult(new SometimesResult("share", 0.6));
    BenchmarkResult all = new BenchmarkResult(null, List.of(without, with, other));
    assertThat(all.getSecondaryResults().get("share").getScore()).isCloseTo(0.7, within(1e-12));
    assertThat(all.getSecondaryResults().get("share").getSampleCount()).isEqualTo(2);
  }

  private static IterationResult iteration() {
    IterationResult result = new IterationResult(null, null, null);
    result.addResult(new ThroughputResult(ResultRole.PRIMARY, "calls", 1, 1, TimeUnit.SECONDS));
    return result;
  }
}
