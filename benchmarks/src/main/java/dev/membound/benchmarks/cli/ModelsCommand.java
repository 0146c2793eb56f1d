package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.KvFootprint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the language models. */
@Command(
    name = "models",
    description = "Lists the known language models with their sources, or one in detail.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ./membound models deepseek-v3.2",
      "  ./membound models path/to/config.json",
      "  ./membound models --json"
    })
final class ModelsCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "One model, or a model's file (default: all of the catalogue).")
  private String only;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Output output = new Output(spec);
    if (only != null) {
      detail(find(only), output);
      return 0;
    }
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
    if (json) {
      output.tableAsJson(models);
    } else {
      output.listing(models);
      output.line("");
      output.line(
          "KV F16/token: what each further token of a long context adds; a layer with a window adds"
              + " none once it is full");
    }
    return 0;
  }

  private static LlmArchitecture find(String nameOrPath) {
    try {
      return LlmCatalogue.find(nameOrPath);
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  private void detail(LlmArchitecture model, Output output) {
    List<List<Object>> rows = new ArrayList<>();
    rows.add(row("name", model.name()));
    rows.add(row("title", model.title()));
    rows.add(row("source", model.source()));
    rows.add(row("parameters", model.parameters()));
    rows.add(row("active parameters a token", model.activeParameters()));
    rows.add(row("hidden", model.hidden()));
    rows.add(row("vocabulary", model.vocabulary()));
    rows.add(row("tied embeddings", model.tiedEmbeddings()));
    rows.add(row("max context tokens", model.maxContextTokens()));
    for (LayerGroup group : model.groups()) {
      rows.add(row(group.count() + " layers", group.attention() + ", " + group.feedForward()));
    }
    for (DataFormat format : List.of(DataFormat.F16, DataFormat.FP8, DataFormat.NVFP4)) {
      rows.add(row("weight bytes " + format, CapacityLedger.weightBytes(model, format)));
      rows.add(row("KV bytes a token " + format, KvFootprint.bytesPerToken(model, format)));
      long windows = KvFootprint.windowBytes(model, format);
      if (windows > 0) {
        rows.add(row("KV bytes of full windows " + format, windows));
      }
    }
    rows.add(row("state bytes a sequence F32", DataFormat.F32.bytes(model.stateElements())));
    if (json) {
      output.tableAsJson(
          new DataTable(
              "language model",
              List.of(Column.text("property"), Column.text("value")),
              texts(rows)));
    } else {
      rows.forEach(cells -> output.line(cells.get(0) + ": " + cells.get(1)));
    }
  }

  private static List<List<Object>> texts(List<List<Object>> rows) {
    return rows.stream().map(cells -> row(cells.get(0), cells.get(1).toString())).toList();
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
