package dev.membound.model.run;

import java.util.List;

/**
 * One timed iteration of one benchmark in one forked JVM.
 *
 * @param fork 0-based fork, the cluster of the bootstrap
 * @param iteration 0-based iteration within the fork
 * @param secondsPerCall wall time of one kernel call, mean over the iteration
 * @param disturbed whether something else took the core, or the JIT compiler was busy or not yet
 *     done; flagged, never dropped
 * @param cpuOverWall CPU time of the kernel's threads over wall time × threads; 1 when undisturbed
 * @param stealFraction share of the machine's time that the hypervisor took, 0 to 1; 0 where the OS
 *     does not tell
 * @param jitMilliseconds time the JIT compilers worked during the iteration
 * @param readCeilingBytesPerSecond read bandwidth measured in the same fork right before and after
 *     this iteration with the same threads; null where no such probe ran
 * @param allocatedBytesPerCall heap that the kernel's threads allocated, a call; null where nobody
 *     counted
 * @param disturbedBy every reason why it is disturbed, none where it is not; null in the files of
 *     older versions, which did not tell
 */
public record Sample(
    int fork,
    int iteration,
    double secondsPerCall,
    boolean disturbed,
    double cpuOverWall,
    double stealFraction,
    double jitMilliseconds,
    Double readCeilingBytesPerSecond,
    Double allocatedBytesPerCall,
    List<Disturbance> disturbedBy) {
  public Sample {
    Checks.count(fork, "fork");
    Checks.count(iteration, "iteration");
    Checks.within(secondsPerCall, 1e-12, 1e6, "secondsPerCall");
    Checks.finite(cpuOverWall, "cpuOverWall");
    Checks.finite(stealFraction, "stealFraction");
    Checks.finite(jitMilliseconds, "jitMilliseconds");
    if (readCeilingBytesPerSecond != null) {
      Checks.within(readCeilingBytesPerSecond, 1, 1e18, "readCeilingBytesPerSecond");
    }
    if (allocatedBytesPerCall != null) {
      Checks.within(allocatedBytesPerCall, 0, 1e15, "allocatedBytesPerCall");
    }
    if (disturbedBy != null) {
      disturbedBy = Checks.list(disturbedBy, "disturbedBy");
      if (disturbed == disturbedBy.isEmpty()) {
        throw new IllegalArgumentException(
            "disturbed is " + disturbed + ", but disturbedBy is " + disturbedBy);
      }
    }
  }

  /** A sample whose allocation nobody counted, and whose disturbance nobody gave a reason for. */
  public Sample(
      int fork,
      int iteration,
      double secondsPerCall,
      boolean disturbed,
      double cpuOverWall,
      double stealFraction,
      double jitMilliseconds,
      Double readCeilingBytesPerSecond) {
    this(
        fork,
        iteration,
        secondsPerCall,
        disturbed,
        cpuOverWall,
        stealFraction,
        jitMilliseconds,
        readCeilingBytesPerSecond,
        null,
        null);
  }
}
