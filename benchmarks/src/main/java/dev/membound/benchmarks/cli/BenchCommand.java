package dev.membound.benchmarks.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.Main;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Runs the benchmarks as plain JMH. */
@Command(
    name = "bench",
    description = "Runs the benchmarks as plain JMH: every JMH option passes through.",
    footer = {
      "",
      "Examples:",
      "  ./membound bench -l                      list the benchmarks",
      "  ./membound bench -h                      the options of JMH",
      "  ./membound bench GemvBenchmark -p format=Q8_0 -p threads=1 -f 3"
    })
final class BenchCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "JMH-OPTION",
      description = "Options and patterns of JMH.",
      arity = "0..*")
  private List<String> arguments = new ArrayList<>();

  @Option(names = "--help", usageHelp = true, description = "This help; -h is JMH's.")
  private boolean help;

  @Override
  public Integer call() throws IOException {
    Main.main(arguments.toArray(String[]::new));
    return 0;
  }
}
