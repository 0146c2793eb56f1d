package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

class ValidateCommandTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --published --run /tmp   | leave out --run
          --published --csv --json | leave out one of them
          --csv                    | --csv goes with --published
          """)
  void optionsWithoutEffectAreRefused(String arguments, String expected) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));

    assertThat(commandLine.execute(("validate " + arguments).split(" +")))
        .isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("membound: ").contains(expected);
  }
}
