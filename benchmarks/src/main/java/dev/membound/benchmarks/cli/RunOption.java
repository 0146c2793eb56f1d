package dev.membound.benchmarks.cli;

import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** Names a run; without it the newest one below {@code runs} that came as far as is needed. */
final class RunOption {
  private final Path runs;

  @Option(
      names = "--run",
      paramLabel = "RUN-FOLDER",
      description = "Use this run (default: the newest in runs that came far enough).")
  private Path run;

  RunOption() {
    this(Path.of("runs"));
  }

  RunOption(Path runs) {
    this.runs = runs;
  }

  /**
   * The run to use.
   *
   * @param needed what is read of it
   * @throws UserInputException if there is none
   */
  RunFolder folder(Document needed) {
    return find(needed).orElseThrow(() -> new UserInputException(none(needed)));
  }

  /** The run to use; empty when none is named and none has what is needed. */
  Optional<RunFolder> find(Document needed) {
    return run != null
        ? Optional.of(RunFolder.open(run))
        : newestFirst().stream().filter(folder -> folder.has(needed)).findFirst();
  }

  private String none(Document needed) {
    return newestFirst().stream()
        .filter(folder -> folder.has(Document.HOST))
        .findFirst()
        .map(
            stopped ->
                "no run in %s has a %s; `./membound run --resume %s` finishes the newest"
                    .formatted(runs.toAbsolutePath(), needed.fileName(), stopped.path()))
        .orElse(
            "no run in %s; `./membound run` makes one, --run names one elsewhere"
                .formatted(runs.toAbsolutePath()));
  }

  private List<RunFolder> newestFirst() {
    if (!Files.isDirectory(runs)) {
      return List.of();
    }
    try (Stream<Path> folders = Files.list(runs)) {
      return folders
          .filter(Files::isDirectory)
          .sorted(Comparator.comparing((Path folder) -> folder.getFileName().toString()).reversed())
          .map(RunFolder::open)
          .toList();
    } catch (IOException e) {
      throw new UserInputException("cannot list " + runs.toAbsolutePath() + ": " + e.getMessage());
    }
  }
}
