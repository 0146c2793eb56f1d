package dev.membound.benchmarks.cli;

import java.util.Map;
import java.util.TreeMap;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParseResult;

/** Which options a command was given: those that would say nothing are refused, not ignored. */
final class GivenOptions {
  private final ParseResult given;

  GivenOptions(CommandSpec spec) {
    given = spec.commandLine().getParseResult();
  }

  /**
   * Refuses options without the one that they belong to.
   *
   * @param goesWith by option, the one it says nothing without
   */
  void require(Map<String, String> goesWith) {
    for (Map.Entry<String, String> pair : new TreeMap<>(goesWith).entrySet()) {
      if (has(pair.getKey()) && !has(pair.getValue())) {
        throw new UserInputException(pair.getKey() + " goes with " + pair.getValue());
      }
    }
  }

  /**
   * Refuses two options of which one would be ignored, for a reason that says which to leave out.
   */
  void exclude(String option, String other, String reason) {
    if (has(option) && has(other)) {
      throw new UserInputException(reason);
    }
  }

  private boolean has(String option) {
    return given.hasMatchedOption(option);
  }
}
