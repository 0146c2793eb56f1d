package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.quality.QualitySweep;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.report.HtmlReport;
import dev.membound.model.report.section.SelectionQualitySection;
import dev.membound.model.run.QualityFile;
import dev.membound.model.run.QualityFile.Row;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.table.CsvTable;
import dev.membound.model.table.DataTable;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Sweeps selections of the KV cache: what they lose against what they read. */
@Command(
    name = "quality",
    description =
        "Judges KV selection methods over contexts, page sizes and budgets: recall, softmax mass and"
            + " error of the output against bytes read and time. Writes quality.json into the run"
            + " and renews its report.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./membound quality",
      "  ./membound quality --context 131072 --budget 1024,2048,4096 --page 16,64 --csv quality.csv",
      "  ./membound quality --dump layer17.safetensors"
    })
final class QualityCommand implements Callable<Integer> {
  @Option(
      names = "--context",
      split = ",",
      defaultValue = "8192,32768",
      description = "Tokens of the structured contexts (default: ${DEFAULT-VALUE}).")
  private List<Integer> contexts;

  @Option(
      names = "--page",
      split = ",",
      defaultValue = "16,64",
      description = "Tokens a page (default: ${DEFAULT-VALUE}).")
  private List<Integer> pages;

  @Option(
      names = "--budget",
      split = ",",
      defaultValue = "256,512,1024,2048,4096",
      description = "Tokens that a head may select (default: ${DEFAULT-VALUE}).")
  private List<Integer> budgets;

  @Option(names = "--query-heads", defaultValue = "32", description = "Default: ${DEFAULT-VALUE}.")
  private int queryHeads;

  @Option(names = "--kv-heads", defaultValue = "8", description = "Default: ${DEFAULT-VALUE}.")
  private int kvHeads;

  @Option(names = "--head-dim", defaultValue = "128", description = "Default: ${DEFAULT-VALUE}.")
  private int headDim;

  @Option(
      names = "--kv",
      defaultValue = "F16",
      description = "What the cache stores: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE}).")
  private KvType type;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "Of the structured contexts (default: ${DEFAULT-VALUE}).")
  private long seed;

  @Option(
      names = "--dump",
      paramLabel = "FILE",
      description =
          "Judge on keys, values and queries of a model instead: a safetensors file with k, v"
              + " [tokens, kvHeads, headDim] and q [queries, queryHeads, headDim].")
  private Path dump;

  @Option(names = "--csv", paramLabel = "FILE", description = "Write the table here too.")
  private Path csv;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Mixin private RunOption runs;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if (!KernelJvm.isThis()) {
      return KernelJvm.run(spec.commandLine().getParent().getParseResult().originalArgs());
    }
    Optional<RunFolder> run = runs.find(Document.MEASUREMENTS);
    if (csv != null) {
      OutputFile.requireFolder(csv);
    }
    List<Row> rows = sweep();
    QualityFile file = new QualityFile(RunFolder.SCHEMA_VERSION, rows);
    Output output = new Output(spec);
    DataTable table = SelectionQualitySection.table(rows);
    if (json) {
      output.json(file);
    } else {
      printByContext(rows, output);
    }
    run.ifPresent(folder -> keep(folder, file, output));
    if (csv != null) {
      OutputFile.write(csv, CsvTable.render(table));
    }
    return 0;
  }

  private List<Row> sweep() {
    try (ConsoleProgress progress = ConsoleProgress.onStandardError("judging")) {
      QualitySweep sweep =
          new QualitySweep(
              new AttentionShape(queryHeads, kvHeads, headDim),
              type,
              contexts,
              pages,
              budgets,
              seed);
      return dump == null
          ? sweep.structured((done, all) -> progress.step(done, all, "structured keys", null))
          : sweep.dump(dump, (done, all) -> progress.step(done, all, dump.toString(), null));
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  private static void printByContext(List<Row> rows, Output output) {
    for (int context : rows.stream().mapToInt(Row::contextTokens).distinct().toArray()) {
      DataTable table =
          SelectionQualitySection.table(
              rows.stream().filter(r -> r.contextTokens() == context).toList());
      output.line(table.caption());
      output.table(table);
      output.line("");
    }
  }

  private void keep(RunFolder folder, QualityFile file, Output output) {
    folder.write(Document.QUALITY, file);
    if (folder.has(Document.HOST) && folder.has(Document.MEASUREMENTS)) {
      HtmlReport.write(folder);
    }
    if (!json) {
      output.line("wrote quality.json and the report in " + folder.path());
    }
  }
}
