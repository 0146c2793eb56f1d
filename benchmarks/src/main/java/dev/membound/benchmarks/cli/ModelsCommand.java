package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import dev.membound.model.workload.DataFormat;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the language models. */
@Command(
    name = "models",
    description = "Lists the known language models with their sources.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound models --json"})
final class ModelsCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    DataTable models =
        new DataTable(
            "language models",
            List.of(
                Column.text("name"),
                Column.count("parameters"),
                Column.count("layers"),
                Column.count("hidden"),
                Column.count("max context"),
                Column.bytes("KV F16/token"),
                Column.text("source")),
            LlmCatalogue.all().stream().map(ModelsCommand::describe).toList());
    Output output = new Output(spec);
    if (json) {
      output.tableAsJson(models);
    } else {
      output.table(models);
    }
    return 0;
  }

  private static List<Object> describe(LlmArchitecture model) {
    return row(
        model.name(),
        model.parameters(),
        model.layers(),
        model.hidden(),
        model.maxContextTokens(),
        DataFormat.F16.bytes(model.kvElementsPerToken()),
        model.source());
  }
}
