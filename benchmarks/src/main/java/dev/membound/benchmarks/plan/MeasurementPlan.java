package dev.membound.benchmarks.plan;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Which workloads a preset measures on this machine.
 *
 * @param workloads ceilings first; ids are unique
 * @param notes what the plan had to leave out or shrink, a line each
 */
public record MeasurementPlan(List<PlannedWorkload> workloads, List<String> notes) {
  // The kernel's data and the probe's beside it, with room for everything else.
  private static final int MEMORY_SHARE = 3;
  private static final long LEAST_MEMORY_BYTES = 256L << 20;
  private static final long HIDDEN_MEMORY_BYTES = 2L << 30; // at most, where it is not known

  /**
   * @throws IllegalArgumentException if two workloads have one id: their samples would be taken for
   *     those of one
   */
  public MeasurementPlan {
    workloads = List.copyOf(workloads);
    notes = List.copyOf(notes);
    Set<String> ids = new HashSet<>();
    for (PlannedWorkload planned : workloads) {
      if (!ids.add(planned.id())) {
        throw new IllegalArgumentException("the plan has the id " + planned.id() + " twice");
      }
    }
  }

  /**
   * Plans for one machine.
   *
   * @param vectorBits width of the vectors that the measuring JVMs use
   * @param availableMemoryBytes memory that the process may take; 0 where the machine hides it
   * @throws IllegalArgumentException if the memory is too small for any honest DRAM measurement
   */
  public static MeasurementPlan of(
      Preset preset, CacheHierarchy caches, int vectorBits, long availableMemoryBytes) {
    if (availableMemoryBytes != 0 && availableMemoryBytes < LEAST_MEMORY_BYTES) {
      throw new IllegalArgumentException(
          "only "
              + (availableMemoryBytes >> 20)
              + " MiB of memory are free; measuring needs at least "
              + (LEAST_MEMORY_BYTES >> 20)
              + " MiB: stop other programs");
    }
    long largest = availableMemoryBytes == 0 ? Long.MAX_VALUE : availableMemoryBytes / MEMORY_SHARE;
    PlanScope scope = new PlanScope(preset, caches, vectorBits, largest);
    List<PlannedWorkload> workloads = new ArrayList<>();
    workloads.addAll(CeilingPlan.workloads(scope));
    workloads.addAll(GemvPlan.workloads(scope));
    workloads.addAll(AttentionPlan.workloads(scope));
    workloads.addAll(TopKPlan.workloads(scope));
    List<String> notes = notes(scope);
    workloads.removeIf(planned -> !fits(planned, availableMemoryBytes, notes));
    return new MeasurementPlan(distinct(workloads), notes);
  }

  /** Equal workloads once: on one core, one thread and all cores are the same. */
  private static List<PlannedWorkload> distinct(List<PlannedWorkload> workloads) {
    Map<Workload, PlannedWorkload> distinct = new LinkedHashMap<>();
    for (PlannedWorkload planned : workloads) {
      distinct.putIfAbsent(planned.workload(), planned);
    }
    return List.copyOf(distinct.values());
  }

  /**
   * What of the plan can be added to these measurements. An id does not tell the working set, which
   * depends on the memory that is free: what was measured over another one stays as it is, and no
   * fork is added to it.
   */
  public MeasurementPlan resuming(MeasurementFile measured) {
    Map<String, Long> workingSets = new HashMap<>();
    for (Measurement known : measured.measurements()) {
      workingSets.put(known.id(), known.workingSetBytes());
    }
    List<PlannedWorkload> same = new ArrayList<>();
    List<PlannedWorkload> others = new ArrayList<>();
    for (PlannedWorkload planned : workloads) {
      long bytes = planned.workload().workingSetBytes();
      (workingSets.getOrDefault(planned.id(), bytes) == bytes ? same : others).add(planned);
    }
    if (others.isEmpty()) {
      return this;
    }
    PlannedWorkload first = others.getFirst();
    List<String> more = new ArrayList<>(notes);
    more.add(
        "%d measurements get no more forks: their working sets were others (%s: %d bytes, now %d)"
            .formatted(
                others.size(),
                first.id(),
                workingSets.get(first.id()),
                first.workload().workingSetBytes()));
    return new MeasurementPlan(same, more);
  }

  /** Whether a workload's data takes half of the free memory at most; a note where not. */
  private static boolean fits(PlannedWorkload planned, long availableBytes, List<String> notes) {
    long bytes = planned.workload().memoryBytes();
    long most = availableBytes == 0 ? HIDDEN_MEMORY_BYTES : availableBytes / 2;
    if (bytes <= most) {
      return true;
    }
    notes.add(
        "left out %s: its data takes %d MiB, more than half of the free memory allows (%d MiB)"
            .formatted(planned.id(), bytes >> 20, most >> 20));
    return false;
  }

  private static List<String> notes(PlanScope scope) {
    List<String> notes = new ArrayList<>();
    long wanted = scope.caches().workingSetBytes(Residency.DRAM, scope.allCores()).orElse(0);
    if (wanted > scope.largestWorkingSetBytes()) {
      notes.add(
          ("too little free memory for working sets of %d MiB (%d times the last-level cache):"
                  + " shrunk to %d MiB, so DRAM results may profit from the cache")
              .formatted(
                  wanted >> 20,
                  CacheHierarchy.DRAM_TO_LAST_LEVEL,
                  scope.largestWorkingSetBytes() >> 20));
    }
    if (scope.caches().levels().isEmpty()) {
      notes.add("the machine hides its cache sizes: only DRAM is measured");
    }
    return notes;
  }
}
