package dev.membound.benchmarks.suite;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How long the JIT compilers have worked, or wanted to, so far. Their own figure says nothing of a
 * compilation before its end.
 */
final class CompilerTime {
  private static final Path TASKS = Path.of("/proc/self/task");
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** Fields of {@code schedstat}. */
  private static final int WORKED = 0;

  private static final int WAITED = 1;

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
   * CPU time of compiler threads and the time that they waited for a core, to the nanosecond; 0
   * where the kernel does not keep it. A file each: what is asked often gets compiled itself.
   *
   * @param compilers of {@link #compilers}
   */
  static long ofCompilersNanos(List<Path> compilers) {
    long sum = 0;
    for (Path thread : compilers) {
      long[] schedstat = schedstat(thread);
      sum += schedstat[WORKED] + schedstat[WAITED];
    }
    return sum;
  }

  /** The compiler threads of this process. */
  static List<Path> compilers() {
    return compilers(TASKS);
  }

  /**
   * The threads named as HotSpot names its compilers ({@code C2 CompilerThread0}, cut by Linux).
   */
  private static List<Path> compilers(Path tasks) {
    List<Path> compilers = new ArrayList<>();
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(tasks)) {
      for (Path thread : threads) {
        if (isCompiler(thread)) {
          compilers.add(thread);
        }
      }
    } catch (IOException e) {
      return List.of();
    }
    return compilers;
  }

  private static boolean isCompiler(Path thread) {
    try {
      String name = Files.readString(thread.resolve("comm"));
      return name.startsWith("C1 Compiler") || name.startsWith("C2 Compiler");
    } catch (IOException e) {
      return false; // it has ended
    }
  }

  /** What compilers waited for a core, in nanoseconds; 0 where the kernel does not keep it. */
  static long waitedNanos(Path tasks) {
    long sum = 0;
    for (Path thread : compilers(tasks)) {
      sum += schedstat(thread)[WAITED];
    }
    return sum;
  }

  /** The fields of {@code schedstat}: nanoseconds on a core, waited for one, turns. */
  private static long[] schedstat(Path thread) {
    try {
      String[] fields = Files.readString(thread.resolve("schedstat")).trim().split(" ");
      return new long[] {Long.parseLong(fields[WORKED]), Long.parseLong(fields[WAITED])};
    } catch (IOException | NumberFormatException | ArrayIndexOutOfBoundsException e) {
      return new long[2]; // the thread has ended, or the kernel keeps no such statistics
    }
  }
}
