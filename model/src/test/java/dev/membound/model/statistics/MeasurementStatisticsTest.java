package dev.membound.model.statistics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeasurementStatisticsTest {
  @Test
  void summarisesSecondsBandwidthAndPairedShare() {
    List<Sample> samples = new ArrayList<>();
    for (int fork = 0; fork < 3; fork++) {
      // Bandwidth flips between two states; the kernel reaches half of either.
      double ceiling = fork == 0 ? 2e9 : 1e9;
      samples.add(sample(fork, 0, 1000 / (0.5 * ceiling), false, ceiling));
      samples.add(sample(fork, 1, 1000 / (0.5 * ceiling), false, ceiling));
    }

    Measurement summary = MeasurementStatistics.summarise(measurement(samples, 1000), 1);

    assertThat(summary.secondsPerCall().median()).isEqualTo(2e-6);
    assertThat(summary.gigabytesPerSecond().median()).isCloseTo(0.5, within(1e-12));
    assertThat(summary.gigabytesPerSecond().high()).isCloseTo(1, within(1e-12));
    assertThat(summary.shareOfReadCeiling().low()).isCloseTo(0.5, within(1e-12));
    assertThat(summary.shareOfReadCeiling().high()).isCloseTo(0.5, within(1e-12));
  }

  @Test
  void writeAllocateTrafficIsNoBandwidth() {
    Measurement summary =
        MeasurementStatistics.summarise(
            measurement(List.of(sample(0, 0, 1e-6, false, null)), 1000), 1);

    assertThat(summary.gigabytesPerSecond()).isEqualTo(new Interval(1, 1, 1));
    assertThat(summary.shareOfReadCeiling()).isNull();
  }

  @Test
  void disturbedSamplesDoNotCount() {
    Measurement summary =
        MeasurementStatistics.summarise(
            measurement(
                List.of(
                    sample(0, 0, 1e-6, false, 2e9),
                    sample(0, 1, 9e-6, true, 2e9),
                    sample(1, 0, 9e-6, true, 2e9)),
                1000),
            1);

    assertThat(summary.secondsPerCall()).isEqualTo(new Interval(1e-6, 1e-6, 1e-6));
  }

  @Test
  void allSamplesCountWhereFewerThanAThirdAreUndisturbed() {
    List<Sample> samples =
        List.of(
            sample(0, 0, 1e-6, false, 2e9),
            sample(0, 1, 9e-6, true, 2e9),
            sample(1, 0, 9e-6, true, 2e9),
            sample(1, 1, 9e-6, true, 2e9));

    assertThat(
            MeasurementStatistics.summarise(measurement(samples, 1000), 1)
                .secondsPerCall()
                .median())
        .isEqualTo(9e-6);
    assertThat(UsableSamples.byFork(samples))
        .containsExactly(samples.subList(0, 2), samples.subList(2, 4));
  }

  @Test
  void withoutSamplesOrBytesThereIsNothingToSay() {
    Measurement empty = MeasurementStatistics.summarise(measurement(List.of(), 1000), 1);
    assertThat(empty.secondsPerCall()).isNull();
    assertThat(empty.gigabytesPerSecond()).isNull();
    assertThat(empty.shareOfReadCeiling()).isNull();

    Measurement noBytes =
        MeasurementStatistics.summarise(measurement(List.of(sample(0, 0, 1e-6, false, 1e9)), 0), 1);
    assertThat(noBytes.secondsPerCall()).isNotNull();
    assertThat(noBytes.gigabytesPerSecond()).isNull();
    assertThat(noBytes.shareOfReadCeiling()).isNull();
  }

  private static Sample sample(
      int fork, int iteration, double seconds, boolean disturbed, Double ceiling) {
    return new Sample(fork, iteration, seconds, disturbed, 1, 0, 0, ceiling);
  }

  private static Measurement measurement(List<Sample> samples, long bytes) {
    return new Measurement(
        "id",
        "copy",
        "F32",
        "STREAM",
        Map.of(),
        1,
        1,
        Residency.DRAM,
        1 << 20,
        bytes == 0 ? Map.of() : Map.of("read", bytes, Measurement.WRITE_ALLOCATE, 500L),
        0,
        samples,
        null,
        null,
        null,
        null);
  }
}
