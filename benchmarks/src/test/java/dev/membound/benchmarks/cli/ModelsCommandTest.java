package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ModelsCommandTest {
  @Test
  void aModelOfWindowsAloneSaysWhatTheyHold() {
    StringWriter out = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setOut(new PrintWriter(out));

    assertThat(commandLine.execute("models", "mistral-7b-v0.1")).isZero();
    assertThat(out.toString())
        .contains("KV bytes a token F16: 0", "KV bytes of full windows F16: 536870912");
  }
}
