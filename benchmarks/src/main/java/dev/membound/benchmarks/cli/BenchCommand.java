package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.sampling.RooflineProfiler;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Runs the benchmarks as plain JMH, or against other libraries. */
@Command(
    name = "bench",
    description =
        "Runs the benchmarks as plain JMH: every JMH option passes through. With --peers it"
            + " measures other libraries beside our kernels instead.",
    footer = {
      "",
      "Examples:",
      "  ./membound bench -l                      list the benchmarks",
      "  ./membound bench -h                      the options of JMH",
      "  ./membound bench GemvBenchmark -p format=Q8_0 -p threads=1 -f 3",
      "  ./membound bench --roofline AttentionBenchmark -p kvHeads=1,4,8,32",
      "                                           FLOP a byte, shares of both ceilings",
      "  ./membound bench NearMemoryStepBenchmark -f 3",
      "                                           near-memory step beside dense attention",
      "  ./membound bench SharedPrefixBenchmark -p sequences=1,4,16",
      "                                           a prefix read once, and once for each sequence",
      "  ./membound bench --peers                 against ggml, ONNX Runtime, Jlama, OpenBLAS",
      "  ./membound bench --peers --kernel gemv --format Q4_0 --forks 5"
    })
final class BenchCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "JMH-OPTION",
      description = "Options and patterns of JMH.",
      arity = "0..*")
  private List<String> arguments = new ArrayList<>();

  @ArgGroup(exclusive = false, heading = "Against other libraries:%n")
  private PeerOptions peers;

  @Option(
      names = "--roofline",
      description =
          "Adds FLOP a byte and the shares of the read bandwidth and of the multiply-add peak,"
              + " measured beside every iteration. A share is left out where its probes before"
              + " and after the iteration differ by more than 10 %%, or it is above 1.05.")
  private boolean roofline;

  @Option(names = "--help", usageHelp = true, description = "This help; -h is JMH's.")
  private boolean help;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws IOException {
    MeasureOptions.checkProvider();
    if (peers == null) {
      if (roofline) {
        arguments.addAll(List.of("-prof", RooflineProfiler.class.getName()));
      }
      JmhRun.run(arguments);
      return 0;
    }
    if (roofline) {
      throw new UserInputException("--roofline is for our own benchmarks: leave out --peers");
    }
    if (!arguments.isEmpty()) {
      throw new UserInputException(
          "--peers takes no options of JMH: "
              + String.join(" ", arguments)
              + " (see `membound bench --help`)");
    }
    if (!KernelJvm.isThis()) {
      return KernelJvm.run(spec.commandLine().getParent().getParseResult().originalArgs());
    }
    peers.run(new Output(spec));
    return 0;
  }
}
