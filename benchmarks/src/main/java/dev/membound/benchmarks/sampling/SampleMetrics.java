package dev.membound.benchmarks.sampling;

import java.util.List;
import org.openjdk.jmh.profile.InternalProfiler;

/** The profilers of a measuring run, and the names under which JMH reports what they find. */
public final class SampleMetrics {
  /** Read ceilings before and after a sample that differ by more are those of two machines. */
  public static final double MOST_READ_CEILING_DRIFT = 0.1;

  /** CPU time of the kernel's threads over wall time × threads; 1 when undisturbed. */
  public static final String CPU_OVER_WALL = "cpuOverWall";

  /** Share of the machine's time that the hypervisor took, 0 to 1. */
  public static final String STEAL_FRACTION = "stealFraction";

  /** Time that the JIT compilers worked. */
  public static final String JIT_MILLISECONDS = "jitMilliseconds";

  /** Time that runnable threads of this process waited for a core, summed over the threads. */
  public static final String RUN_DELAY_SECONDS = "runDelaySeconds";

  /** Read bandwidth right before and after the sample. */
  public static final String READ_CEILING_BYTES_PER_SECOND = "readCeilingBytesPerSecond";

  /** Larger over smaller of the two sides of {@link #READ_CEILING_BYTES_PER_SECOND}, minus 1. */
  public static final String READ_CEILING_DRIFT = "readCeilingDrift";

  /**
   * 1 where the loops of {@link #READ_CEILING_BYTES_PER_SECOND} were seen to be compiled, 0 where
   * they were not in the time that they are given: the ceiling may be too low then.
   */
  public static final String READ_CEILING_COMPILED = "readCeilingCompiled";

  /** 1 where the kernel's warm-up ended by itself, 0 where it gave up. */
  public static final String WARM_UP_SETTLED = "warmUpSettled";

  private SampleMetrics() {}

  /**
   * In the order in which JMH must have them: it starts them in order and stops them in reverse, so
   * the ceiling's probes stay outside of what {@link DisturbanceProfiler} watches.
   */
  public static List<Class<? extends InternalProfiler>> profilers() {
    return List.of(PairedCeilingProfiler.class, DisturbanceProfiler.class);
  }
}
