package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpIT {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "run",
        "measure",
        "calibrate",
        "validate",
        "simulate",
        "quality",
        "cost",
        "explore",
        "study",
        "report",
        "bench",
        "devices",
        "models"
      })
  void everySubcommandHasHelpWithAnExample(String subcommand) throws Exception {
    Program.Result result = Program.run(subcommand, "--help");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out())
        .contains("Usage: membound " + subcommand)
        .contains("./membound " + subcommand);
    assertThat(result.err()).isEmpty();
  }
}
