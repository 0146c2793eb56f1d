package dev.membound.benchmarks.sampling;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** How long runnable threads of this process waited for a core so far. */
final class RunDelay {
  private static final Path TASKS = Path.of("/proc/self/task");

  private RunDelay() {}

  /**
   * Sum over the process's living threads of the second field of {@code schedstat}, in nanoseconds;
   * 0 where the kernel does not keep it.
   */
  static long nanoseconds() {
    return nanoseconds(TASKS);
  }

  static long nanoseconds(Path tasks) {
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        sum += ofThread(thread.resolve("schedstat"));
      }
    } catch (IOException e) {
      return 0;
    }
    return sum;
  }

  private static long ofThread(Path schedstat) {
    try {
      String[] fields = Files.readString(schedstat).trim().split(" ");
      return fields.length < 2 ? 0 : Long.parseLong(fields[1]);
    } catch (IOException | NumberFormatException e) {
      return 0; // the thread has ended, or the kernel keeps no such statistics
    }
  }
}
