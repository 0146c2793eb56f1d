package dev.membound.model.report;

import dev.membound.model.report.section.Ceilings;
import dev.membound.model.report.section.Labels;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.report.section.Workload;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One of the few numbers at the head of the report.
 *
 * @param name what it is
 * @param value with its unit
 * @param detail interval or condition
 */
record KeyNumber(String name, String value, String detail) {

  /** Those that the run can tell, at most four. */
  static List<KeyNumber> of(RunDocuments run) {
    List<KeyNumber> numbers = new ArrayList<>();
    dramRead(run).ifPresent(numbers::add);
    bestKernel(run).ifPresent(numbers::add);
    heldOutError(run).ifPresent(numbers::add);
    decodeRate(run).ifPresent(numbers::add);
    return numbers;
  }

  private static Optional<KeyNumber> dramRead(RunDocuments run) {
    return Optional.ofNullable(Ceilings.of(run).dram().lastEntry())
        .map(
            dram -> {
              Interval i = dram.getValue();
              return new KeyNumber(
                  "DRAM read",
                  Numbers.significant(i.median() / 1e9) + " GB/s",
                  "["
                      + Numbers.significant(i.low() / 1e9)
                      + ", "
                      + Numbers.significant(i.high() / 1e9)
                      + "], "
                      + Numbers.counted(dram.getKey(), "thread"));
            });
  }

  private static Optional<KeyNumber> bestKernel(RunDocuments run) {
    return run.kernels().stream()
        .filter(m -> m.residency() == Residency.DRAM && m.shareOfReadCeiling() != null)
        .max(Comparator.comparingDouble((Measurement m) -> m.shareOfReadCeiling().median()))
        .map(
            m ->
                new KeyNumber(
                    "Best kernel, of read ceiling",
                    Numbers.percent(m.shareOfReadCeiling().median()),
                    Labels.kernel(m) + ", " + Numbers.counted(m.threads(), "thread")));
  }

  private static Optional<KeyNumber> heldOutError(RunDocuments run) {
    return run.overallError()
        .map(
            all ->
                new KeyNumber(
                    "Held-out error, median",
                    Numbers.percent(all.medianAbsolutePercent() / 100),
                    all.rows()
                        + " rows, intervals cover "
                        + Numbers.percent(all.coveragePercent() / 100)));
  }

  private static Optional<KeyNumber> decodeRate(RunDocuments run) {
    return run.simulation().stream()
        .map(Workload::showcase)
        .map(Map::values)
        .flatMap(models -> models.stream().flatMap(List::stream))
        .filter(p -> p.fits() && p.device().equals("this-cpu"))
        .max(Comparator.comparingLong((Prediction p) -> p.capacity().getOrDefault("weights", 0L)))
        .map(
            p ->
                new KeyNumber(
                    p.model() + " here",
                    Numbers.significant(p.decodeTokensPerSecond().median()) + " tokens/s",
                    "["
                        + Numbers.significant(p.decodeTokensPerSecond().low())
                        + ", "
                        + Numbers.significant(p.decodeTokensPerSecond().high())
                        + "], "
                        + p.weights()
                        + ", batch "
                        + p.batch()));
  }
}
