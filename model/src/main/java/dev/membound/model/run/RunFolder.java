package dev.membound.model.run;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * A folder that holds one run: {@code host.json}, {@code measurements.json}, {@code profile.json},
 * {@code validation.json}, {@code simulation.json}, {@code exploration.json}, {@code quality.json},
 * {@code report.html}. Each file is replaced as a whole, so a reader or a killed run finds the old
 * content or the new, never half of one.
 */
public final class RunFolder {
  /** Version of all the file formats of a run folder; a newer one is refused. */
  public static final int SCHEMA_VERSION = 1;

  /** The documents of a run folder. */
  public enum Document {
    HOST("host.json", HostFacts.class),
    MEASUREMENTS("measurements.json", MeasurementFile.class),
    PROFILE("profile.json", ProfileFile.class),
    VALIDATION("validation.json", ValidationFile.class),
    SIMULATION("simulation.json", SimulationFile.class),
    QUALITY("quality.json", QualityFile.class),
    EXPLORATION("exploration.json", ExplorationFile.class);

    private final String fileName;
    private final Class<?> type;

    Document(String fileName, Class<?> type) {
      this.fileName = fileName;
      this.type = type;
    }

    public String fileName() {
      return fileName;
    }
  }

  private final Path path;

  private RunFolder(Path path) {
    this.path = path;
  }

  /**
   * Opens or creates a folder for writing.
   *
   * @throws RunFolderException if it cannot be created or written
   */
  public static RunFolder create(Path path) {
    try {
      Files.createDirectories(path);
    } catch (IOException e) {
      throw new RunFolderException(
          "cannot create the folder " + path + ": " + reason(e) + "; choose another with --out", e);
    }
    if (!Files.isWritable(path)) {
      throw new RunFolderException(
          "cannot write to the folder " + path + "; choose another with --out");
    }
    return new RunFolder(path);
  }

  /**
   * Opens an existing folder.
   *
   * @throws RunFolderException if there is none
   */
  public static RunFolder open(Path path) {
    if (!Files.isDirectory(path)) {
      throw new RunFolderException("no run folder at " + path + "; `membound run` makes one");
    }
    return new RunFolder(path);
  }

  public Path path() {
    return path;
  }

  public boolean has(Document document) {
    return Files.isRegularFile(path.resolve(document.fileName));
  }

  /**
   * Reads one document.
   *
   * @throws RunFolderException if it is missing, damaged, foreign or of a newer schema; the message
   *     names the file
   */
  public <T> T read(Document document, Class<T> type) {
    if (type != document.type) {
      throw new IllegalArgumentException(document + " holds a " + document.type.getSimpleName());
    }
    Path file = path.resolve(document.fileName);
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new RunFolderException(
          "no "
              + document.fileName
              + " in "
              + path
              + "; is it a run folder, and has the run come that far?",
          e);
    } catch (IOException e) {
      throw new RunFolderException("cannot read " + file + ": " + reason(e), e);
    }
    try {
      JsonNode tree = Json.mapper().readTree(content);
      checkSchema(file, tree);
      return LaterProperties.complete(document, tree)
          ? Json.mapper().treeToValue(tree, type)
          : Json.mapper().readValue(content, type); // names lines in its errors
    } catch (JacksonException e) {
      throw new RunFolderException(
          file + " is damaged or not a Membound file: " + Json.oneLine(e), e);
    }
  }

  /**
   * Replaces one document atomically.
   *
   * @throws RunFolderException if the disk is full or the folder not writable; the old content is
   *     still there
   */
  public void write(Document document, Object content) {
    if (!document.type.isInstance(content)) {
      throw new IllegalArgumentException(document + " holds a " + document.type.getSimpleName());
    }
    writeText(document.fileName, Json.mapper().writeValueAsString(content));
  }

  /** Replaces any file of the folder atomically, for instance {@code report.html}. */
  public void writeText(String fileName, String text) {
    Path file = path.resolve(fileName);
    Path temporary = path.resolve("." + fileName + ".tmp");
    try {
      Files.createDirectories(file.getParent());
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        ByteBuffer buffer = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
        channel.force(true);
      }
      move(temporary, file);
    } catch (IOException e) {
      deleteQuietly(temporary);
      throw new RunFolderException(
          "cannot write " + file + ": " + reason(e) + "; what was measured before is kept", e);
    }
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // The write's own failure is what the user needs to hear.
    }
  }

  private static void checkSchema(Path file, JsonNode tree) {
    JsonNode version = tree.path("schemaVersion");
    if (!version.isIntegralNumber() || version.bigIntegerValue().signum() <= 0) {
      throw new RunFolderException(
          file + " is damaged or not a Membound file: it has no schemaVersion");
    }
    if (version.bigIntegerValue().compareTo(BigInteger.valueOf(SCHEMA_VERSION)) > 0) {
      String shown = version.asString();
      throw new RunFolderException(
          file
              + " has schema version "
              + (shown.length() > 20 ? "beyond all bounds" : shown)
              + ", this Membound reads up to "
              + SCHEMA_VERSION
              + "; use a newer Membound");
    }
  }

  private static String reason(IOException e) {
    return switch (e) {
      case FileAlreadyExistsException inTheWay ->
          inTheWay.getFile() + " is in the way and no folder";
      case AccessDeniedException denied -> "access to " + denied.getFile() + " is denied";
      case FileSystemException other when other.getReason() != null -> other.getReason();
      default -> e.getClass().getSimpleName().replace("Exception", "") + " " + e.getMessage();
    };
  }
}
