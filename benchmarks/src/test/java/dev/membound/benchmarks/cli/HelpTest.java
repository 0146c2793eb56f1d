package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;

class HelpTest {
  static Stream<CommandLine> commands() {
    CommandLine membound = MemboundCommand.commandLine();
    return Stream.concat(Stream.of(membound), membound.getSubcommands().values().stream());
  }

  /** An example that the help breaks over two lines cannot be copied. */
  @ParameterizedTest
  @MethodSource("commands")
  void examplesStandOnTheirLines(CommandLine command) {
    for (String line : command.getCommandSpec().usageMessage().footer()) {
      assertThat(command.getUsageMessage().lines()).contains(line);
    }
  }

  @Test
  void helpIsACommandToo() {
    assertThat(printed("help")).isEqualTo(printed("--help"));
    assertThat(printed("help", "cost")).isEqualTo(printed("cost", "--help"));
  }

  private static String printed(String... arguments) {
    StringWriter out = new StringWriter();
    assertThat(MemboundCommand.commandLine().setOut(new PrintWriter(out)).execute(arguments))
        .isZero();
    return out.toString();
  }
}
