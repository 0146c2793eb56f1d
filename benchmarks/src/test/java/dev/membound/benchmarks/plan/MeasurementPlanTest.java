package dev.membound.benchmarks.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.attention.SharedPrefixWorkload;
import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.HostFacts.CacheLevel;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class MeasurementPlanTest {
  private static final long GIB = 1L << 30;
  private static final long LAST_LEVEL = 32L << 20;
  private static final CacheHierarchy TWO_CORES =
      new CacheHierarchy(
          List.of(
              new CacheLevel(1, 48 << 10, 1),
              new CacheLevel(2, 1 << 20, 1),
              new CacheLevel(3, LAST_LEVEL, 2)),
          2);

  @ParameterizedTest
  @EnumSource(Preset.class)
  void idsAreUnique(Preset preset) {
    assertThat(MeasurementPlan.of(preset, TWO_CORES, 512, 16 * GIB).workloads())
        .isNotEmpty()
        .extracting(PlannedWorkload::id)
        .doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(Preset.class)
  void onOneCoreIdsAreUniqueToo(Preset preset) {
    CacheHierarchy oneCore = new CacheHierarchy(TWO_CORES.levels(), 1);
    assertThat(MeasurementPlan.of(preset, oneCore, 512, 16 * GIB).workloads())
        .extracting(PlannedWorkload::id)
        .doesNotHaveDuplicates();
  }

  @Test
  void twoWorkloadsWithOneIdAreRefused() {
    PlannedWorkload small = gemv(64 << 20);
    PlannedWorkload large = gemv(256 << 20);

    assertThatThrownBy(() -> new MeasurementPlan(List.of(small, large), List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("the plan has the id " + small.id() + " twice");
  }

  @Test
  void aResumedPlanLeavesOtherWorkingSetsAlone() {
    PlannedWorkload large = gemv(256 << 20);
    PlannedWorkload batch =
        new PlannedWorkload(
            new GemvWorkload(
                QuantType.F32, MatrixLayout.FILE, 64, 1024, 4, 1, Residency.DRAM, 256 << 20),
            1);
    MeasurementPlan plan = new MeasurementPlan(List.of(large, batch), List.of());

    assertThat(plan.resuming(measured(large)).workloads()).containsExactly(large, batch);
    MeasurementPlan resumed = plan.resuming(measured(gemv(64 << 20)));
    assertThat(resumed.workloads()).containsExactly(batch);
    assertThat(resumed.notes())
        .containsExactly(
            "1 measurements get no more forks: their working sets were others ("
                + large.id()
                + ": 67108864 bytes, now 268435456)");
  }

  private static MeasurementFile measured(PlannedWorkload planned) {
    return new MeasurementFile(1, "run-1", "quick", 1, List.of(planned.measurement(List.of())));
  }

  private static PlannedWorkload gemv(long workingSetBytes) {
    return new PlannedWorkload(
        new GemvWorkload(
            QuantType.F32, MatrixLayout.FILE, 64, 1024, 1, 1, Residency.DRAM, workingSetBytes),
        1);
  }

  @Test
  void dramWorkingSetsAreEightTimesTheLastLevel() {
    assertThat(MeasurementPlan.of(Preset.QUICK, TWO_CORES, 512, 16 * GIB).workloads())
        .filteredOn(planned -> planned.workload().residency() == Residency.DRAM)
        .filteredOn(planned -> planned.workload().workingSetBytes() > 0)
        .allSatisfy(
            planned ->
                assertThat(planned.workload().workingSetBytes())
                    .as(planned.id())
                    .isGreaterThanOrEqualTo(8 * LAST_LEVEL));
  }

  @Test
  void littleMemoryShrinksAndSaysSo() {
    MeasurementPlan plan = MeasurementPlan.of(Preset.QUICK, TWO_CORES, 512, 300L << 20);

    assertThat(plan.notes())
        .anySatisfy(
            note ->
                assertThat(note)
                    .contains("256 MiB (8 times the last-level cache): shrunk to 100 MiB"));
  }

  @Test
  void contextsThatDoNotFitAreLeftOutAndSaySo() {
    MeasurementPlan small = MeasurementPlan.of(Preset.FULL, TWO_CORES, 512, 4 * GIB);
    MeasurementPlan large = MeasurementPlan.of(Preset.FULL, TWO_CORES, 512, 24 * GIB);

    assertThat(small.workloads())
        .allSatisfy(
            planned ->
                assertThat(planned.workload().memoryBytes())
                    .as(planned.id())
                    .isLessThanOrEqualTo(2 * GIB));
    assertThat(small.notes()).filteredOn(note -> note.startsWith("left out attention")).hasSize(2);
    assertThat(large.notes()).noneMatch(note -> note.startsWith("left out"));
    assertThat(large.workloads())
        .filteredOn(planned -> planned.workload().shape().getOrDefault("context", 0L) == 1 << 20)
        .hasSize(3);
  }

  @ParameterizedTest
  @CsvSource({"SMOKE, CASCADE", "QUICK,", "FULL, CASCADE FLAT"})
  void sharedPrefixesAreMeasuredBothWaysInFull(Preset preset, String readings) {
    assertThat(MeasurementPlan.of(preset, TWO_CORES, 512, 16 * GIB).workloads())
        .extracting(PlannedWorkload::workload)
        .filteredOn(SharedPrefixWorkload.class::isInstance)
        .extracting(Workload::layout)
        .containsExactly(readings == null ? new String[0] : readings.split(" "));
  }

  @Test
  void tooLittleMemoryIsRefused() {
    assertThatThrownBy(() -> MeasurementPlan.of(Preset.QUICK, TWO_CORES, 512, 100L << 20))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("100 MiB of memory are free");
  }

  @Test
  void hiddenCachesLeaveDram() {
    MeasurementPlan plan =
        MeasurementPlan.of(Preset.QUICK, new CacheHierarchy(List.of(), 1), 512, 16 * GIB);

    assertThat(plan.notes()).anySatisfy(note -> assertThat(note).contains("hides its cache sizes"));
    assertThat(plan.workloads())
        .extracting(planned -> planned.workload().kernel())
        .contains("read", "gemv");
  }
}
