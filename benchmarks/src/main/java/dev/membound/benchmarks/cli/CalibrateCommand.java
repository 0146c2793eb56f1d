package dev.membound.benchmarks.cli;

import dev.membound.model.calibrate.Calibration;
import dev.membound.model.run.RunFolder;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits the device profile of a run. */
@Command(
    name = "calibrate",
    description = "Fits a run's measurements into a device profile and predicts held-out rows.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound calibrate runs/20260105T101500Z-laptop"})
final class CalibrateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "RUN-FOLDER", description = "A folder that measure or run made.")
  private Path folder;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunFolder run = RunFolder.open(folder);
    Calibration.run(run);
    new Output(spec).line("wrote profile.json and validation.json into " + run.path());
    return 0;
  }
}
