package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** As {@link BadInputIT}, for what needs no program of its own. */
class BadInputTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          calibrate --from published --device h200-sxm --out no/such/dir/y.yaml | there is no folder
          simulate --model llama-3.1-8b --device ddr5-6400 | is a memory, not a device; `simulate --device NAME --weights-memory ddr5-6400`
          cost --model llama-3.1-8b --device hbf           | is a memory, not a device
          simulate --model llama-3.1-8b --device h100-sxm --tp 2147483647 --batch 8 | on 2147483647 devices is too large
          explore ../docs/examples/million-points.yaml --out /dev/null/x | cannot create the folder /dev/null/x: Not a directory; choose another with --out
          explore ../docs/examples/million-points.yaml --out /dev/null   | /dev/null is in the way and no folder; choose another
          """)
  void saysWhatToDoInOneLine(String arguments, String expected) {
    StringWriter err = new StringWriter();
    CommandLine commandLine = MemboundCommand.commandLine().setErr(new PrintWriter(err));

    assertThat(commandLine.execute(arguments.split(" +"))).isEqualTo(MemboundCommand.BAD_INPUT);
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(err.toString()).startsWith("membound: ").contains(expected);
  }
}
