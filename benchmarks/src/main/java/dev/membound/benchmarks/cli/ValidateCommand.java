package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.ValidationFile;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how far a run's predictions can be trusted. */
@Command(
    name = "validate",
    description = "Prints every held-out row of a run: measured, predicted, signed error.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound validate --run runs/20260105T101500Z-laptop"})
final class ValidateCommand implements Callable<Integer> {
  @Mixin private RunOption runs;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunFolder run = runs.folder();
    ValidationFile validation = run.read(Document.VALIDATION, ValidationFile.class);
    Output output = new Output(spec);
    if (json) {
      output.json(validation);
    } else {
      output.table(rows(validation));
      output.line("");
      output.table(summaries(validation));
    }
    return 0;
  }

  private static DataTable rows(ValidationFile validation) {
    return new DataTable(
        "held-out rows",
        List.of(
            Column.text("held out"),
            Column.text("measurement"),
            Column.seconds("measured"),
            Column.seconds("predicted"),
            Column.seconds("low"),
            Column.seconds("high"),
            Column.signedPercent("error"),
            Column.text("covered")),
        validation.rows().stream()
            .map(
                held ->
                    row(
                        held.heldOut(),
                        held.measurement(),
                        held.measured(),
                        held.predicted(),
                        held.low(),
                        held.high(),
                        held.signedErrorPercent(),
                        held.covers() ? "yes" : "no"))
            .toList());
  }

  private static DataTable summaries(ValidationFile validation) {
    return new DataTable(
        "errors by kind",
        List.of(
            Column.text("kind"),
            Column.count("rows"),
            Column.percent("median |error|"),
            Column.percent("mean |error|"),
            Column.percent("worst |error|"),
            Column.signedPercent("bias"),
            Column.percent("coverage")),
        validation.summaries().stream()
            .map(
                s ->
                    row(
                        s.kind(),
                        s.rows(),
                        s.medianAbsolutePercent(),
                        s.meanAbsolutePercent(),
                        s.worstAbsolutePercent(),
                        s.biasPercent(),
                        s.coveragePercent()))
            .toList());
  }
}
