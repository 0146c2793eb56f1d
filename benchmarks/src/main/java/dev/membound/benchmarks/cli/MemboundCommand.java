package dev.membound.benchmarks.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/**
 * The one command of Membound. Exit code 0: done; 1: bad input, one line on standard error; 2: a
 * bug of ours.
 */
@Command(
    name = "membound",
    description = "Measures, models and explains the memory wall of LLM decoding.",
    mixinStandardHelpOptions = true,
    versionProvider = MemboundCommand.Version.class,
    sortOptions = false,
    subcommands = {
      RunCommand.class,
      MeasureCommand.class,
      CalibrateCommand.class,
      ValidateCommand.class,
      SimulateCommand.class,
      QualityCommand.class,
      CostCommand.class,
      ExploreCommand.class,
      StudyCommand.class,
      ReportCommand.class,
      BenchCommand.class,
      DevicesCommand.class,
      ModelsCommand.class,
      CommandLine.HelpCommand.class
    },
    footer = {
      "",
      "Example: measure this CPU, calibrate, simulate the reference systems, write the report:",
      "  ./membound run"
    })
public final class MemboundCommand implements Runnable {
  static final int BAD_INPUT = 1;
  static final int INTERNAL_ERROR = 2;

  /** Columns of the help: the examples fit, so that none is broken where it would be copied. */
  static final int HELP_COLUMNS = 100;

  @Spec private CommandSpec spec;

  public static void main(String[] args) {
    // Numbers look alike everywhere, and can be pasted into files that the program reads.
    Locale.setDefault(Locale.ROOT);
    int exitCode;
    try {
      exitCode = commandLine().execute(args);
    } catch (OutOfMemoryError e) { // mostly a size that was asked for
      System.err.println(
          "membound: out of memory (" + e.getMessage() + "): ask for smaller sizes, or more heap");
      exitCode = BAD_INPUT;
    } catch (Error e) { // picocli hands on what is no exception: a broken class path
      e.printStackTrace();
      exitCode = INTERNAL_ERROR;
    }
    System.exit(exitCode);
  }

  static CommandLine commandLine() {
    CommandLine commandLine = new CommandLine(new MemboundCommand());
    commandLine.getSubcommands().get("bench").setUnmatchedOptionsArePositionalParams(true);
    return commandLine
        .setUsageHelpWidth(HELP_COLUMNS)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(MemboundCommand::badArguments)
        .setExecutionExceptionHandler(
            (exception, failed, parsed) -> UserErrors.report(exception, failed.getErr()));
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int badArguments(ParameterException exception, String[] args) {
    CommandLine command = exception.getCommandLine();
    PrintWriter err = command.getErr();
    err.println(
        "membound: "
            + exception.getMessage().lines().findFirst().orElse("bad arguments")
            + suggestion(exception)
            + " (see `"
            + command.getCommandSpec().qualifiedName()
            + " --help`)");
    return BAD_INPUT;
  }

  private static String suggestion(ParameterException exception) {
    if (exception instanceof UnmatchedArgumentException unmatched) {
      List<String> near = unmatched.getSuggestions();
      if (!near.isEmpty()) {
        return "; did you mean " + String.join(" or ", near) + "?";
      }
    }
    return "";
  }

  /** The version that the build stamped into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = MemboundCommand.class.getPackage().getImplementationVersion();
      return new String[] {
        "membound " + (version == null ? "(unpackaged)" : version),
        System.getProperty("java.vm.name") + " " + Runtime.version()
      };
    }
  }
}
