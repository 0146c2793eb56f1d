package dev.membound.benchmarks.cli;

import dev.membound.model.run.RunFolder;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Measures only. */
@Command(
    name = "measure",
    description = "Measures this CPU's ceilings and kernels into a run folder.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound measure --preset full --out runs"})
final class MeasureCommand implements Callable<Integer> {
  @Mixin private MeasureOptions options;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    RunFolder folder = options.measure();
    spec.commandLine().getOut().println("measured into " + folder.path());
    return 0;
  }
}
