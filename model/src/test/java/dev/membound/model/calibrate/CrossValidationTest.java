package dev.membound.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ValidationFile;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CrossValidationTest {
  private final MeasurementFile file = new SyntheticMachine(1).measure();

  @ParameterizedTest
  @ValueSource(strings = {"gemv/Q4_0/PACKED", "attention/F32/PAGED", "copy/RAW/STREAM"})
  void whatAKernelMeasuredNeverReachesItsOwnPrediction(String variant) {
    MeasurementFile perturbed = scaled(file, m -> KernelFamily.variant(m).equals(variant), 3.0);

    assertSamePredictions(
        perturbed, row -> row.heldOut().equals("kernel: " + variant), "kernel: " + variant);
  }

  @Test
  void whatASizeMeasuredNeverReachesItsOwnPrediction() {
    String size = "gemv cols=4096,rows=14336";
    MeasurementFile perturbed =
        scaled(file, m -> m.kernel().equals("gemv") && m.shape().get("rows") == 14336, 0.5);

    assertSamePredictions(perturbed, row -> row.heldOut().equals("size: " + size), size);
  }

  @Test
  void noResidualOfAFoldEntersItsOwnScores() {
    // Scores of the other folds of the kind hardly move, so neither do the widths, although the
    // fold's own residuals grow from a few percent to a factor of three.
    String variant = "gemv/Q8_0/PACKED";
    Map<String, ValidationFile.Row> before = rowsOf(file, "kernel: " + variant);
    Map<String, ValidationFile.Row> after =
        rowsOf(
            scaled(file, m -> KernelFamily.variant(m).equals(variant), 3.0), "kernel: " + variant);

    assertThat(after).hasSameSizeAs(before).isNotEmpty();
    after.forEach(
        (id, row) -> {
          assertThat(row.covers()).isFalse();
          double widthBefore = Math.log(before.get(id).high() / before.get(id).low());
          assertThat(Math.log(row.high() / row.low()))
              .isBetween(0.5 * widthBefore, 2 * widthBefore);
        });
  }

  @Test
  void theLoneShortCallOfItsThreadsIsPredictedFromOtherThreadsAndTheEmptyCall() {
    SyntheticMachine machine = new SyntheticMachine(3);
    machine.emptyCalls = true;
    MeasurementFile oneShortCall =
        CalibrationTest.without(
            machine.measure(),
            m -> m.threads() == 2 && !KernelFamily.isProbe(m.kernel()) && !isLong(m) && !isLone(m));

    List<ValidationFile.Row> rows =
        CrossValidation.of(oneShortCall).rows().stream()
            .filter(r -> r.measurement().startsWith("gemv/F32/FILE/{cols=256, rows=64}"))
            .filter(r -> r.measurement().endsWith("/t2"))
            .toList();

    assertThat(rows).extracting(ValidationFile.Row::kind).containsExactly("kernel", "size");
    assertThat(rows)
        .allSatisfy(
            r -> {
              assertThat(r.predicted()).isBetween(0.6 * r.measured(), 1.6 * r.measured());
              assertThat(r.covers()).isTrue();
              assertThat(r.high() / r.low()).isBetween(1.5, 20.0);
            });
  }

  private static boolean isLong(Measurement m) {
    return m.algorithmicBytes() > 30_000_000;
  }

  private static boolean isLone(Measurement m) {
    return KernelFamily.variant(m).equals("gemv/F32/FILE") && m.shape().get("rows") == 64;
  }

  @Test
  void sizesOfAKernelMeasuredAtOneSizeOnlyAreNoSizeRows() {
    MeasurementFile oneSize =
        CalibrationTest.without(
            file,
            m -> KernelFamily.variant(m).equals("gemv/F32/FILE") && m.shape().get("rows") != 4096);

    assertThat(CrossValidation.of(oneSize).rows())
        .filteredOn(row -> row.kind().equals("size"))
        .noneMatch(row -> row.measurement().startsWith("gemv/F32/FILE"));
  }

  @Test
  void everyKernelRowIsHeldOutOnceAsAKernel() {
    List<String> kernelRows =
        file.measurements().stream()
            .filter(m -> !KernelFamily.isProbe(m.kernel()))
            .map(Measurement::id)
            .toList();

    assertThat(CrossValidation.of(file).rows())
        .filteredOn(row -> row.kind().equals("kernel"))
        .extracting(ValidationFile.Row::measurement)
        .containsExactlyInAnyOrderElementsOf(kernelRows);
  }

  @Test
  void refusedMeasurementsAreNeitherUsedNorPredicted() {
    MeasurementFile refused =
        map(file, m -> m.kernel().equals("attention") ? m.withRefused("a test") : m);

    assertThat(CrossValidation.of(refused).rows())
        .isEqualTo(
            CrossValidation.of(CalibrationTest.without(file, m -> m.kernel().equals("attention")))
                .rows());
  }

  private void assertSamePredictions(
      MeasurementFile perturbed, Predicate<ValidationFile.Row> fold, String what) {
    List<ValidationFile.Row> before =
        CrossValidation.of(file).rows().stream().filter(fold).toList();
    List<ValidationFile.Row> after =
        CrossValidation.of(perturbed).rows().stream().filter(fold).toList();
    assertThat(before).as(what).isNotEmpty();
    assertThat(after)
        .extracting(ValidationFile.Row::predicted)
        .containsExactlyElementsOf(before.stream().map(ValidationFile.Row::predicted).toList());
    assertThat(after.getFirst().measured()).isNotEqualTo(before.getFirst().measured());
  }

  private static Map<String, ValidationFile.Row> rowsOf(MeasurementFile file, String heldOut) {
    return CrossValidation.of(file).rows().stream()
        .filter(row -> row.heldOut().equals(heldOut))
        .collect(Collectors.toMap(ValidationFile.Row::measurement, row -> row));
  }

  private static MeasurementFile scaled(
      MeasurementFile file, Predicate<Measurement> which, double factor) {
    return map(file, m -> which.test(m) ? SyntheticMachine.slowed(m, factor) : m);
  }

  static MeasurementFile map(MeasurementFile file, UnaryOperator<Measurement> change) {
    return file.withMeasurements(file.measurements().stream().map(change).toList());
  }
}
