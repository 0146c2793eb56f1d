package dev.membound.model.report;

import dev.membound.model.report.section.Ceilings;
import dev.membound.model.report.section.Labels;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.report.section.Workload;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.DoubleSummaryStatistics;
import java.util.List;
import java.util.Optional;

/** The paragraph at the head of the report: what this run found, in sentences. */
final class RunAbstract {
  private RunAbstract() {}

  static String of(RunDocuments run) {
    List<String> sentences = new ArrayList<>();
    sentences.add(machine(run));
    kernels(run).ifPresent(sentences::add);
    sentences.add(
        validation(run).orElse("The predictions have not been checked on held-out rows yet."));
    systems(run).ifPresent(sentences::add);
    return String.join(" ", sentences);
  }

  private static String machine(RunDocuments run) {
    HostFacts host = run.host();
    String subject =
        "This machine ("
            + Numbers.counted(host.cores(), "logical processor")
            + ", "
            + Numbers.bytes(host.memoryBytes())
            + ", "
            + Labels.provider(host.kernelProvider())
            + ")";
    return Optional.ofNullable(Ceilings.of(run).dram().lastEntry())
        .map(
            dram ->
                subject
                    + " reads DRAM at "
                    + Numbers.significant(dram.getValue().median() / 1e9)
                    + " GB/s with "
                    + Numbers.counted(dram.getKey(), "thread")
                    + ".")
        .orElse(subject + " has no measured DRAM read ceiling yet.");
  }

  private static Optional<String> kernels(RunDocuments run) {
    List<Measurement> dram =
        run.kernels().stream()
            .filter(m -> m.residency() == Residency.DRAM && m.shareOfReadCeiling() != null)
            .toList();
    if (dram.isEmpty()) {
      return Optional.empty();
    }
    DoubleSummaryStatistics shares =
        dram.stream().mapToDouble(m -> m.shareOfReadCeiling().median()).summaryStatistics();
    return Optional.of(
        dram.size() == 1
            ? "Its one kernel result from DRAM reaches "
                + Numbers.percent(shares.getMax())
                + " of the read ceiling."
            : "Streaming from DRAM, its decode kernels reach "
                + Numbers.percent(shares.getMin())
                + " to "
                + Numbers.percent(shares.getMax())
                + " of the read ceiling of the same run.");
  }

  private static Optional<String> validation(RunDocuments run) {
    return run.overallError()
        .map(
            all ->
                "On "
                    + all.rows()
                    + " held-out rows the calibrated model is off by "
                    + Numbers.percent(all.medianAbsolutePercent() / 100)
                    + " at the median and "
                    + Numbers.percent(all.worstAbsolutePercent() / 100)
                    + " at worst, and its 90\u00a0% intervals cover "
                    + Numbers.percent(all.coveragePercent() / 100)
                    + " of them.");
  }

  private static Optional<String> systems(RunDocuments run) {
    return run.simulation().stream()
        .flatMap(simulation -> Workload.showcase(simulation).values().stream())
        .map(predictions -> predictions.stream().filter(Prediction::fits).toList())
        .filter(fitting -> fitting.size() > 1)
        .findFirst()
        .map(RunAbstract::rates);
  }

  private static String rates(List<Prediction> fitting) {
    List<String> sizes = fitting.stream().map(p -> Workload.of(p).size()).distinct().toList();
    boolean oneSize = sizes.size() == 1;
    List<String> rates =
        fitting.stream()
            .sorted(Comparator.comparingDouble(p -> p.decodeTokensPerSecond().median()))
            .map(
                p ->
                    Labels.interval(p.decodeTokensPerSecond())
                        + " on "
                        + Workload.system(p)
                        + " ("
                        + p.weights()
                        + (oneSize ? ")" : ", " + Workload.of(p).size() + ")"))
            .toList();
    return "Predicted decode rate of "
        + fitting.getFirst().model()
        + (oneSize ? " (" + sizes.getFirst() + ")" : "")
        + ", tokens/s: "
        + Labels.list(rates)
        + ".";
  }
}
