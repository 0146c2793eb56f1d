package dev.membound.benchmarks.cli;

import dev.membound.model.run.RunFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Names a finished run; without it the newest one below {@code runs}. */
final class RunOption {
  private static final Path RUNS = Path.of("runs");

  @Option(
      names = "--run",
      paramLabel = "RUN-FOLDER",
      description = "Use this run (default: the newest in runs).")
  private Path run;

  /**
   * The run to use.
   *
   * @throws UserInputException if there is none
   */
  RunFolder folder() {
    return find()
        .orElseThrow(
            () ->
                new UserInputException(
                    "no run in "
                        + RUNS.toAbsolutePath()
                        + "; `./membound run` makes one, --run names one elsewhere"));
  }

  /** The run to use; empty when none is named and there is none. */
  Optional<RunFolder> find() {
    if (run != null) {
      return Optional.of(RunFolder.open(run));
    }
    if (!Files.isDirectory(RUNS)) {
      return Optional.empty();
    }
    try (Stream<Path> folders = Files.list(RUNS)) {
      return folders
          .filter(Files::isDirectory)
          .max(Comparator.comparing(folder -> folder.getFileName().toString()))
          .map(RunFolder::open);
    } catch (IOException e) {
      throw new UserInputException("cannot list " + RUNS.toAbsolutePath() + ": " + e.getMessage());
    }
  }
}
