package dev.membound.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * How long the JIT compilers have worked, or wanted to, so far. Their own figure says nothing of a
 * compilation before its end.
 */
final class CompilerTime {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private CompilerTime() {}

  /**
   * CPU time of the process that is not that of Java threads, and the time that its compiler
   * threads waited for a core: one that gets none is not done. In nanoseconds.
   */
  static long nanos() {
    long javaThreads = 0;
    for (long id : THREADS.getAllThreadIds()) {
      javaThreads += Math.max(0, THREADS.getThreadCpuTime(id));
    }
    return PROCESS.getProcessCpuTime() - javaThreads + waitedNanos(TASKS);
  }

  /**
   * CPU time of the compiler threads and the time that they waited for a core, to the nanosecond; 0
   * where the kernel does not keep it.
   */
  static long ofCompilersNanos() {
    return schedstat(TASKS, 0) + schedstat(TASKS, 1);
  }

  /**
   * Second field of {@code schedstat}, summed over the threads named as HotSpot names its compilers
   * ({@code C2 CompilerThread0}, cut by Linux); 0 where the kernel does not keep it.
   */
  static long waitedNanos(Path tasks) {
    return schedstat(tasks, 1);
  }

  private static long schedstat(Path tasks, int field) {
    long sum = 0;
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        sum += schedstatOf(thread, field);
      }
    } catch (IOException e) {
      return 0;
    }
    return sum;
  }

  private static long schedstatOf(Path thread, int field) {
    try {
      if (!Files.readString(thread.resolve("comm")).matches("(?s)C[12] Compiler.*")) {
        return 0;
      }
      String[] fields = Files.readString(thread.resolve("schedstat")).trim().split(" ");
      return fields.length <= field ? 0 : Long.parseLong(fields[field]);
    } catch (IOException | NumberFormatException e) {
      return 0; // the thread has ended, or the kernel keeps no such statistics
    }
  }
}
