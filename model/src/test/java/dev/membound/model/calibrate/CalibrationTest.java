package dev.membound.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Json;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.ValidationFile;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CalibrationTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void recoversTheParametersOfAKnownMachine(long seed) {
    SyntheticMachine machine = new SyntheticMachine(seed).varied(0.1);

    ProfileFile profile = Calibrator.fit(machine.measure(), SyntheticMachine.host());

    machine.efficiency.forEach(
        (variant, truth) ->
            assertThat(profile.computeEfficiency().get(variant).value())
                .as(variant)
                .isBetween(0.92 * truth, 1.08 * truth));
    SyntheticMachine.EXPONENT.forEach(
        (family, truth) ->
            assertThat(profile.overlapExponent().get(family).value())
                .as(family)
                .isBetween(0.85 * truth, 1.15 * truth));
    for (ProfileFile.ByThreads startup : profile.startupSeconds()) {
      double truth = SyntheticMachine.STARTUP_SECONDS[startup.threads()];
      assertThat(startup.quantity().value()).isBetween(0.9 * truth, 1.1 * truth);
    }
    assertThat(profile.writeBandwidthFraction().value()).isBetween(0.57, 0.63);
    assertThat(profile.loadLatencySeconds().value()).isBetween(94e-9, 96e-9);
    assertThat(profile.notIdentifiable()).isEmpty();
  }

  @Test
  void ninetyPercentIntervalsContainMostOfTheTrueParameters() {
    int parameters = 0;
    int covered = 0;
    for (long seed = 100; seed < 112; seed++) {
      SyntheticMachine machine = new SyntheticMachine(seed).varied(0.1);
      ProfileFile profile = Calibrator.fit(machine.measure(), SyntheticMachine.host());
      for (var entry : machine.efficiency.entrySet()) {
        parameters++;
        covered += contains(profile.computeEfficiency().get(entry.getKey()), entry.getValue());
      }
      for (var entry : SyntheticMachine.EXPONENT.entrySet()) {
        parameters++;
        covered += contains(profile.overlapExponent().get(entry.getKey()), entry.getValue());
      }
    }
    assertThat((double) covered / parameters).isBetween(0.8, 0.98);
  }

  @Test
  void ninetyPercentIntervalsCoverNineTenthsOfTheHeldOutRowsOfManyMachines() {
    int rows = 0;
    int covered = 0;
    for (long seed = 200; seed < 212; seed++) {
      SyntheticMachine machine = new SyntheticMachine(seed).varied(0.15);
      machine.forks = 3;
      machine.iterations = 5;
      ValidationFile validation = CrossValidation.of(machine.measure());
      rows += validation.rows().size();
      covered += (int) validation.rows().stream().filter(ValidationFile.Row::covers).count();
      ValidationFile.Summary all = validation.summaries().getLast();
      assertThat(all.kind()).isEqualTo("all");
      assertThat(all.rows()).isEqualTo(validation.rows().size());
      assertThat(all.coveragePercent()).isBetween(80.0, 98.0);
      assertThat(all.medianAbsolutePercent()).isLessThan(15);
    }
    assertThat((double) covered / rows).isBetween(0.86, 0.94);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void outliersAndDisturbedSamplesHardlyMoveTheParameters(long seed) {
    SyntheticMachine machine = new SyntheticMachine(seed);
    machine.outlierShare = 0.1;
    machine.disturbedShare = 0.1;

    ProfileFile profile = Calibrator.fit(machine.measure(), SyntheticMachine.host());

    machine.efficiency.forEach(
        (variant, truth) ->
            assertThat(profile.computeEfficiency().get(variant).value())
                .as(variant)
                .isBetween(0.85 * truth, 1.15 * truth));
  }

  @Test
  void withoutNoiseTheParametersAreExact() {
    SyntheticMachine machine = new SyntheticMachine(12);
    machine.forkSigma = 0;
    machine.iterationSigma = 0;
    machine.ceilingSigma = 0;

    ProfileFile profile = Calibration.of(machine.measure(), SyntheticMachine.host()).profile();

    machine.efficiency.forEach(
        (variant, truth) ->
            assertThat(profile.computeEfficiency().get(variant).value())
                .as(variant)
                .isCloseTo(truth, Percentage.withPercentage(1)));
  }

  @Test
  void startupIsNotIdentifiableWhereEveryCallIsLong() {
    SyntheticMachine machine = new SyntheticMachine(5);
    machine.onlyDram = true;

    ProfileFile profile = Calibrator.fit(machine.measure(), SyntheticMachine.host());

    assertThat(profile.notIdentifiable())
        .containsKeys("startupSeconds/1", "startupSeconds/2")
        .extractingByKey("startupSeconds/1")
        .asString()
        .contains("covers zero");
    assertThat(profile.startupSeconds())
        .allSatisfy(startup -> assertThat(startup.quantity().low()).isLessThan(5e-6));
  }

  @Test
  void theStartupOfThreadsWhoseCallsAreAllLongComesFromOthersAndTheEmptyCall() {
    SyntheticMachine machine = new SyntheticMachine(5);
    machine.emptyCalls = true;
    MeasurementFile longWithTwo =
        without(
            machine.measure(),
            m ->
                m.threads() == 2
                    && !KernelFamily.isProbe(m.kernel())
                    && m.algorithmicBytes() < 30_000_000);

    ProfileFile profile = Calibrator.fit(longWithTwo, SyntheticMachine.host());

    Quantity startup = profile.startupSeconds().getLast().quantity();
    assertThat(startup.value()).isBetween(1.1e-6, 1.3e-6);
    assertThat(startup.high() / startup.low()).isGreaterThanOrEqualTo(9);
    assertThat(profile.notIdentifiable())
        .containsOnlyKeys("startupSeconds/2")
        .extractingByKey("startupSeconds/2")
        .asString()
        .contains("too long to show a fixed cost");
  }

  @Test
  void oneThreadAndNoOptionalProbesStillCalibrate() {
    SyntheticMachine machine = new SyntheticMachine(6);
    machine.maxThreads = 1;
    MeasurementFile file =
        without(
            machine.measure(),
            m -> List.of("chunk", "latency", "fma", "copy", "triad").contains(m.kernel()));

    ProfileFile profile = Calibration.of(file, SyntheticMachine.host()).profile();

    assertThat(profile.notIdentifiable())
        .containsKeys("peakFlops", "chunkCurve", "loadLatencySeconds", "writeBandwidthFraction");
    assertThat(profile.loadLatencySeconds()).isNull();
    assertThat(profile.writeBandwidthFraction().provenance()).isEqualTo(Provenance.ASSUMED);
    assertThat(profile.peakFlops()).hasSize(1);
  }

  @Test
  void aLevelWithoutReadProbeTakesTheCeilingsRecordedBesideTheKernels() {
    MeasurementFile file =
        without(
            new SyntheticMachine(7).measure(),
            m -> m.kernel().equals("read") && m.residency() == Residency.L3);

    ProfileFile profile = Calibrator.fit(file, SyntheticMachine.host());

    assertThat(profile.readBandwidth())
        .filteredOn(b -> b.residency() == Residency.L3 && b.threads() == 1)
        .singleElement()
        .satisfies(b -> assertThat(b.bytesPerSecond().value()).isBetween(70e9, 80e9));
  }

  @Test
  void aFlippingBandwidthDoesNotReachTheEfficiencies() {
    SyntheticMachine machine = new SyntheticMachine(8);
    MeasurementFile file = machine.measure();
    MeasurementFile oneThread = without(file, m -> m.threads() == 2);

    ProfileFile both = Calibrator.fit(file, SyntheticMachine.host());
    ProfileFile one = Calibrator.fit(oneThread, SyntheticMachine.host());

    one.computeEfficiency()
        .forEach(
            (variant, efficiency) ->
                assertThat(both.computeEfficiency().get(variant).value())
                    .isBetween(0.93 * efficiency.value(), 1.07 * efficiency.value()));
  }

  @Test
  void theSameFileGivesTheSameDocumentsBitForBit() {
    MeasurementFile file = new SyntheticMachine(9).measure();

    Calibration first = Calibration.of(file, SyntheticMachine.host());
    Calibration second = Calibration.of(file, SyntheticMachine.host());

    assertThat(Json.mapper().writeValueAsString(second))
        .isEqualTo(Json.mapper().writeValueAsString(first));
  }

  @Test
  void writesProfileAndValidationThatReadBackEqual(@TempDir Path path) {
    RunFolder folder = RunFolder.create(path);
    folder.write(Document.HOST, SyntheticMachine.host());
    folder.write(Document.MEASUREMENTS, new SyntheticMachine(10).measure());

    Calibration calibration = Calibration.run(folder);

    assertThat(folder.read(Document.PROFILE, ProfileFile.class)).isEqualTo(calibration.profile());
    assertThat(folder.read(Document.VALIDATION, ValidationFile.class))
        .isEqualTo(calibration.validation());
    ProfileFile.LogQuantiles error = calibration.profile().modelErrorLogQuantiles();
    assertThat(error.low()).isNegative();
    assertThat(error.high()).isPositive();
  }

  @Test
  void measurementsOfAnotherRunAreRefused(@TempDir Path path) {
    RunFolder folder = RunFolder.create(path);
    HostFacts host = SyntheticMachine.host();
    folder.write(Document.HOST, host);
    MeasurementFile file = new SyntheticMachine(10).measure();
    folder.write(
        Document.MEASUREMENTS,
        new MeasurementFile(
            file.schemaVersion(), "run-2", file.preset(), file.seed(), file.measurements()));

    assertThatThrownBy(() -> Calibration.run(folder))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("run-2")
        .hasMessageContaining("run-1");
    assertThat(folder.has(Document.PROFILE)).isFalse();
  }

  @Test
  void withoutDramOrKernelsItSaysWhatIsMissing() {
    MeasurementFile file = new SyntheticMachine(11).measure();

    assertThatThrownBy(
            () ->
                Calibrator.fit(
                    without(file, m -> m.residency() == Residency.DRAM), SyntheticMachine.host()))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("no sound read bandwidth of DRAM");
    assertThatThrownBy(
            () ->
                Calibrator.fit(
                    without(file, m -> !KernelFamily.isProbe(m.kernel())), SyntheticMachine.host()))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("no sound kernel measurement");
  }

  static MeasurementFile without(MeasurementFile file, Predicate<Measurement> dropped) {
    return file.withMeasurements(file.measurements().stream().filter(dropped.negate()).toList());
  }

  private static int contains(Quantity quantity, double truth) {
    return quantity.low() <= truth && truth <= quantity.high() ? 1 : 0;
  }
}
