package dev.membound.benchmarks.cli;

import dev.membound.model.calibrate.Calibration;
import dev.membound.model.report.HtmlReport;
import dev.membound.model.report.RunSummary;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.simulate.ReferenceSystems;
import dev.membound.model.simulate.Simulator;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** The main job: measure, calibrate, validate, simulate, report. */
@Command(
    name = "run",
    description =
        "Measures this CPU, calibrates, validates, simulates the reference systems, writes the report.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ./membound run",
      "  ./membound run --resume runs/20260105T101500Z-laptop"
    })
final class RunCommand implements Callable<Integer> {
  @Mixin private MeasureOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunFolder folder = options.measure();
    Calibration.run(folder);
    folder.write(
        Document.SIMULATION,
        ReferenceSystems.predict(
            folder.read(Document.PROFILE, ProfileFile.class), new Simulator()));
    HtmlReport.write(folder);
    new Output(spec)
        .text(
            RunSummary.render(
                RunDocuments.read(folder),
                folder.path().resolve(HtmlReport.FILE_NAME).toString(),
                Output.glyphs()));
    return 0;
  }
}
