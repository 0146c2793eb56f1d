package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class MeasureOptionsTest {
  @ParameterizedTest
  @ValueSource(strings = {"run", "measure"})
  void aMistypedPresetMakesNoFolder(String command, @TempDir Path out) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));

    int exitCode = commandLine.execute(command, "--preset", "nope", "--out", out.toString());

    assertThat(exitCode).isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString()).contains("expected smoke, quick or full");
    assertThat(out).isEmptyDirectory();
  }
}
