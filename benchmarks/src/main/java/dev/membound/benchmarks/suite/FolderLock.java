package dev.membound.benchmarks.suite;

import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * One process at a time measures into a run folder: each writes the whole of {@code
 * measurements.json} from what it knows, so a second would overwrite the first one's forks. The
 * operating system frees the lock of a process that dies; its file may stay, and means nothing.
 */
final class FolderLock implements AutoCloseable {
  private static final String FILE = "measuring.lock";

  private final Path file;
  private final FileChannel channel;

  private FolderLock(Path file, FileChannel channel) {
    this.file = file;
    this.channel = channel;
  }

  /**
   * Takes the folder until {@link #close}.
   *
   * @throws RunFolderException if another holds it, or it cannot be written to
   */
  static FolderLock take(RunFolder folder) {
    Path file = folder.path().resolve(FILE);
    FileChannel channel;
    try {
      channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new RunFolderException(
          "cannot write " + file + ": make the folder writable; what was measured before is kept",
          e);
    }
    if (!isFree(channel)) {
      closeQuietly(channel);
      throw new RunFolderException(
          folder.path() + " is being measured into by another process; wait for it to end");
    }
    return new FolderLock(file, channel);
  }

  @Override
  public void close() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // It stays, and means nothing.
    }
    closeQuietly(channel);
  }

  private static boolean isFree(FileChannel channel) {
    try {
      FileLock lock = channel.tryLock(); // held until its channel closes
      return lock != null;
    } catch (OverlappingFileLockException e) {
      return false;
    } catch (IOException e) {
      return true; // a file system without locks, as some network ones are
    }
  }

  private static void closeQuietly(FileChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      // Nothing was written to it.
    }
  }
}
