package dev.membound.benchmarks.cli;

import dev.membound.model.report.HtmlReport;
import dev.membound.model.run.RunFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Writes a run's report again. */
@Command(
    name = "report",
    description = "Writes a run's report.html from its other files.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound report runs/20260105T101500Z-laptop"})
final class ReportCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN-FOLDER", description = "A folder that measure or run made.")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunFolder run = RunFolder.open(folder);
    HtmlReport.write(run);
    new Output(spec).line("wrote " + run.path().resolve(HtmlReport.FILE_NAME));
    return 0;
  }
}
