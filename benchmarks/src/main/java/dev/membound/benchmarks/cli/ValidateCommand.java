package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.published.PublishedSource;
import dev.membound.model.published.validate.PublishedValidation;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.ValidationFile;
import dev.membound.model.table.Column;
import dev.membound.model.table.CsvTable;
import dev.membound.model.table.DataTable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows how far predictions can be trusted: those of a run, or those of published results. */
@Command(
    name = "validate",
    description = {
      "Prints every held-out row of a run: measured, predicted, signed error.",
      "With --published: every published result beside its prediction."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ./membound validate --run runs/20260105T101500Z-laptop",
      "  ./membound validate --published",
      "  ./membound validate --published --csv > predictions.csv"
    })
final class ValidateCommand implements Callable<Integer> {
  @Mixin private RunOption runs;

  @Option(
      names = "--published",
      description = "Compare with the published results that come with membound.")
  private boolean published;

  @Option(names = "--csv", description = "With --published: print the rows as CSV.")
  private boolean csv;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    GivenOptions given = new GivenOptions(spec);
    given.require(Map.of("--csv", "--published"));
    given.exclude(
        "--published", "--run", "--published needs no run; leave out --run or --published");
    given.exclude("--csv", "--json", "--csv and --json are two formats; leave out one of them");
    if (published) {
      printPublished(new Output(spec));
      return 0;
    }
    RunFolder run = runs.folder(Document.VALIDATION);
    ValidationFile validation = run.read(Document.VALIDATION, ValidationFile.class);
    Output output = new Output(spec);
    if (json) {
      output.json(validation);
    } else {
      output.wholeTable(rows(validation));
      output.line("");
      output.table(summaries(validation));
    }
    return 0;
  }

  private void printPublished(Output output) {
    PublishedValidation validation = PublishedValidation.run();
    if (json) {
      Map<String, Object> answer = new LinkedHashMap<>();
      answer.put("predictions", validation.predictions());
      answer.put("groups", validation.summaries());
      answer.put("bases", validation.summariesByBasis());
      answer.put("uncovered", validation.uncovered());
      answer.put("sources", validation.sources().values());
      output.json(answer);
      return;
    }
    if (csv) {
      output.text(CsvTable.render(PublishedTables.rows(validation)));
      return;
    }
    validation
        .groups()
        .forEach(
            (group, rows) -> {
              PublishedSource source = validation.sources().get(rows.getFirst().source());
              output.line("%s (%s): %s".formatted(group, rows.getFirst().unit(), source.title()));
              output.table(PublishedTables.group(rows));
              output.line("");
            });
    validation
        .uncoveredByReason()
        .forEach(
            (reason, rows) -> {
              output.line("no prediction: " + reason);
              output.table(PublishedTables.uncovered(rows));
              output.line("");
            });
    output.line(
        "size of the error |predicted / published - 1|, and share of rows that the 90 %"
            + " interval held");
    output.table(PublishedTables.summaries("errors by group", validation.summaries()));
    output.line("");
    output.table(
        PublishedTables.summaries(
            "errors by what a prediction has seen", validation.summariesByBasis()));
    output.line("");
    output.line(
        "%d rows predicted, %d without a prediction"
            .formatted(validation.predictions().size(), validation.uncovered().size()));
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
