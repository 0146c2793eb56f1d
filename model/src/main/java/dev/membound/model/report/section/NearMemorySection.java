package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.simulate.NearMemorySteps;
import dev.membound.model.simulate.NearMemorySteps.Comparison;
import dev.membound.model.simulate.NearMemorySteps.Step;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Whether the PNM simulator predicts the near-memory step of the one device at hand: this CPU. */
final class NearMemorySection implements ReportSection {
  private static final String MEASURE =
      " `./membound run` measures both (topk SPARSE_STEP and attention in DRAM).";

  @Override
  public String id() {
    return "near-memory";
  }

  @Override
  public String title() {
    return "Near-memory step: predicted and measured";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    if (run.profile().isEmpty()) {
      return SectionBody.missing("profile.json is missing. Run `./membound calibrate RUN-FOLDER`.");
    }
    List<Comparison> comparisons;
    try {
      comparisons =
          NearMemorySteps.compare(new Simulator(), run.profile().orElseThrow(), sound(run));
    } catch (IllegalArgumentException e) {
      return SectionBody.missing("The calibration lacks a parameter: " + e.getMessage() + ".");
    }
    if (comparisons.isEmpty()) {
      return SectionBody.missing(
          "measurements.json holds no sparse step from DRAM beside a dense one." + MEASURE);
    }
    return new SectionBody(
        notes(comparisons),
        List.of(steps(comparisons), speedups(comparisons)),
        List.of(),
        List.of());
  }

  private static List<Measurement> sound(RunDocuments run) {
    return run.measurements().measurements().stream().filter(m -> m.refused() == null).toList();
  }

  private static List<String> notes(List<Comparison> comparisons) {
    long steps = 2L * comparisons.size();
    long within =
        comparisons.stream()
            .mapToLong(c -> (c.sparse().within() ? 1 : 0) + (c.dense().within() ? 1 : 0))
            .sum();
    long speedups = comparisons.stream().filter(Comparison::within).count();
    return List.of(
        "The simulator of a memory module with its own accelerator, given this CPU as that"
            + " accelerator: digests are scanned and selected pages attended to, beside attention"
            + " to the whole cache. Its parameters are those of the calibration.",
        String.format(
            Locale.ROOT,
            "%d of %d measured times and %d of %d speed-ups lie in the predicted 90 %% intervals.",
            within,
            steps,
            speedups,
            comparisons.size()));
  }

  private static DataTable steps(List<Comparison> comparisons) {
    List<List<Object>> rows = new ArrayList<>();
    for (Comparison c : comparisons) {
      rows.add(step(c.sparse()));
      rows.add(step(c.dense()));
    }
    return new DataTable(
        "Steps",
        List.of(
            Column.text("step"),
            Column.count("context"),
            Column.count("threads"),
            Column.seconds("predicted"),
            Column.seconds("low"),
            Column.seconds("high"),
            Column.seconds("measured"),
            Column.text("within"),
            Column.text("measurement")),
        rows.stream().distinct().toList());
  }

  private static List<Object> step(Step s) {
    Interval predicted = s.predictedSeconds();
    return row(
        s.selecting() ? "top-K near memory" : "dense",
        s.contextTokens(),
        s.threads(),
        predicted.median(),
        predicted.low(),
        predicted.high(),
        s.measuredSeconds().median(),
        s.within() ? "yes" : "no",
        s.id());
  }

  private static DataTable speedups(List<Comparison> comparisons) {
    return new DataTable(
        "Dense over near-memory step, at the context of the latter",
        List.of(
            Column.count("context"),
            Column.count("threads"),
            Column.number("predicted", ""),
            Column.number("low", ""),
            Column.number("high", ""),
            Column.number("measured", ""),
            Column.text("within")),
        comparisons.stream()
            .map(
                c ->
                    row(
                        c.sparse().contextTokens(),
                        c.sparse().threads(),
                        c.predictedSpeedup().median(),
                        c.predictedSpeedup().low(),
                        c.predictedSpeedup().high(),
                        c.measuredSpeedup(),
                        c.within() ? "yes" : "no"))
            .toList());
  }
}
