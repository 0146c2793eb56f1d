package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.host.HostProbe;
import java.util.Optional;
import java.util.function.Function;

/** Sizes a workload whose JMH parameters leave that to the machine, as plain JMH does. */
final class ThisMachine {
  private ThisMachine() {}

  /**
   * @throws IllegalArgumentException if this machine has no such level
   */
  static <W> W sized(String kernel, Function<CacheHierarchy, Optional<W>> workload) {
    return workload
        .apply(HostProbe.ofThisMachine().caches())
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    kernel
                        + ": this machine has no such cache level, or hides its size; give"
                        + " -p workingSetBytes="));
  }
}
