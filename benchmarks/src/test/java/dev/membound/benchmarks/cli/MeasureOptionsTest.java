package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.host.HostProbe;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Json;
import dev.membound.model.run.RunFolder;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import tools.jackson.databind.node.ObjectNode;

class MeasureOptionsTest {
  private static final HostFacts HERE =
      HostProbe.ofThisMachine().facts("run-1", "2026-01-01T00:00:00Z", List.of());

  @ParameterizedTest
  @CsvSource({
    "cpuModel, Another CPU, was measured on Another CPU",
    "jvm, Another JVM 25.0.1, 'Another JVM 25.0.1, this is Membound '",
    "memboundVersion, 0.0.1, was measured by Membound 0.0.1",
    "memboundVersion, , was measured by Membound of an older version",
    "memboundBuild, , of an unknown build"
  })
  void anotherHostsRunIsNotResumed(String fact, String value, String message, @TempDir Path out) {
    ObjectNode changed = Json.mapper().valueToTree(HERE);
    changed.put(fact, value);
    HostFacts other = Json.mapper().treeToValue(changed, HostFacts.class);
    RunFolder folder = RunFolder.create(out);

    MeasureOptions.requireSameHost(folder, HERE, HERE);
    assertThatThrownBy(() -> MeasureOptions.requireSameHost(folder, other, HERE))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(message)
        .hasMessageNotContaining("\n");
  }

  /** Every build of a development version has the same version. */
  @Test
  void anotherBuildsRunIsNotResumed(@TempDir Path out) {
    HostFacts other = HERE.withMemboundBuild(new HostFacts.Build("abc", "0123456789abcdef"));
    HostFacts samesCommitUnknown =
        HERE.withMemboundBuild(new HostFacts.Build(null, HERE.memboundBuild().code()));
    RunFolder folder = RunFolder.create(out);

    MeasureOptions.requireSameHost(folder, samesCommitUnknown, HERE);
    assertThatThrownBy(() -> MeasureOptions.requireSameHost(folder, other, HERE))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining(" of commit abc, code 0123456789abcdef")
        .hasMessageNotContaining("\n");
  }

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
