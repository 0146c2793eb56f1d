package dev.membound.benchmarks.cli;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file that an option names and a command writes. */
final class OutputFile {
  private OutputFile() {}

  /** Refuses a file without a folder: before the work whose result it would hold. */
  static void requireFolder(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      throw new UserInputException("cannot write " + file + ": there is no folder " + folder);
    }
  }

  static void write(Path file, String text) {
    try {
      Files.writeString(file, text);
    } catch (AccessDeniedException e) {
      throw new UserInputException("cannot write " + file + ": access denied");
    } catch (IOException e) {
      throw new UserInputException("cannot write " + file + ": " + e.getMessage());
    }
  }
}
