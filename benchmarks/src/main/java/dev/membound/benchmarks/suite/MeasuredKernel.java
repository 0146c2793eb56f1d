package dev.membound.benchmarks.suite;

import dev.membound.kernels.parallel.Pinning;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The kernel that this forked JVM measures: its team and its working set, as the profilers that
 * judge each sample need them. A benchmark's trial setup starts it, from the thread that will call
 * the kernel.
 */
public final class MeasuredKernel {
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final long[] NO_HELPERS = {};

  /** More than any machine has processors; a hundred thousand would take minutes to fail. */
  private static final int MOST_THREADS = 4096;

  private static volatile MeasuredKernel current;

  private final long callerThreadId;
  private final WorkerTeam team;
  private final long workingSetBytes;
  private final Residency residency;
  private final long[] helperThreadIds;

  private MeasuredKernel(
      long callerThreadId, WorkerTeam team, long workingSetBytes, Residency residency) {
    this.callerThreadId = callerThreadId;
    this.team = team;
    this.workingSetBytes = workingSetBytes;
    this.residency = residency;
    this.helperThreadIds = team.helperThreadIds();
  }

  /**
   * Announces the kernel and starts its team, whose worker 0 is the calling thread. The team lives
   * until the next start, or as long as the JVM: JMH tears a trial down before the profilers have
   * seen its last iteration, so benchmarks must not close it.
   *
   * @param threads size of the team, 1 to {@value #MOST_THREADS}
   * @param workingSetBytes distinct bytes that successive calls rotate over; 0 for none
   * @param residency level that the working set streams from
   */
  public static synchronized WorkerTeam start(
      int threads, long workingSetBytes, Residency residency) {
    if (threads > MOST_THREADS) {
      throw new IllegalArgumentException(
          "a team of " + threads + " threads; at most " + MOST_THREADS);
    }
    if (current != null) {
      current.team.close();
    }
    WorkerTeam team = WorkerTeam.of(threads);
    current =
        new MeasuredKernel(Thread.currentThread().threadId(), team, workingSetBytes, residency);
    return team;
  }

  /** The kernel started last; empty before the first trial setup. */
  public static Optional<MeasuredKernel> current() {
    return Optional.ofNullable(current);
  }

  public WorkerTeam team() {
    return team;
  }

  /**
   * Runs a probe that uses the team, on a thread that stands in for the kernel's caller: where the
   * workers are bound to processors, it is bound to the caller's meanwhile. JMH's profilers run on
   * another thread than the kernel, and that thread may sit on the processor of a helper.
   */
  public <T> T onTeam(Supplier<T> probe) {
    // A team of one binds nothing.
    return team.size() == 1 ? probe.get() : Pinning.asWorker(0, probe);
  }

  public long workingSetBytes() {
    return workingSetBytes;
  }

  public Residency residency() {
    return residency;
  }

  /**
   * Heap that the threads of the kernel started last have allocated so far; 0 before the first.
   * Without an Optional or a boxed Long, which would be counted themselves.
   */
  static long currentAllocatedBytes() {
    MeasuredKernel kernel = current;
    return kernel == null ? 0 : allocatedBytes(kernel.helperThreadIds, kernel.callerThreadId);
  }

  /**
   * As {@link #currentAllocatedBytes}, with another thread in the caller's place; of that thread
   * alone before the first start.
   */
  static long currentAllocatedBytes(Thread caller) {
    MeasuredKernel kernel = current;
    return allocatedBytes(kernel == null ? NO_HELPERS : kernel.helperThreadIds, caller.threadId());
  }

  /** Heap that threads have allocated so far; 0 where the JVM cannot tell. */
  private static long allocatedBytes(long[] helperThreadIds, long callerThreadId) {
    if (!(THREADS instanceof com.sun.management.ThreadMXBean threads)
        || !threads.isThreadAllocatedMemorySupported()) {
      return 0;
    }
    // The caller's last: asking for the others' allocates.
    long sum = 0;
    for (long helper : helperThreadIds) {
      sum += Math.max(0, threads.getThreadAllocatedBytes(helper));
    }
    return sum + Math.max(0, threads.getThreadAllocatedBytes(callerThreadId));
  }

  /** CPU time of all the team's threads so far, in nanoseconds; −1 where the JVM cannot tell. */
  public long cpuNanoseconds() {
    if (!THREADS.isThreadCpuTimeSupported()) {
      return -1;
    }
    long sum = THREADS.getThreadCpuTime(callerThreadId);
    if (sum < 0) {
      return -1;
    }
    for (long helper : helperThreadIds) {
      long nanoseconds = THREADS.getThreadCpuTime(helper);
      if (nanoseconds < 0) {
        return -1;
      }
      sum += nanoseconds;
    }
    return sum;
  }
}
