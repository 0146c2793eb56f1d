package dev.membound.model.statistics;

import dev.membound.model.run.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The samples that statistics may use: the undisturbed ones. Where fewer than a third of all are
 * undisturbed those few would be a lucky selection, so all count.
 */
public final class UsableSamples {
  private UsableSamples() {}

  /** Whether too few are undisturbed, so that the disturbed ones count too. */
  public static boolean includeDisturbed(List<Sample> samples) {
    long undisturbed = samples.stream().filter(sample -> !sample.disturbed()).count();
    return 3 * undisturbed < samples.size();
  }

  /** The usable samples in the order of forks; one non-empty list a fork. */
  public static List<List<Sample>> byFork(List<Sample> samples) {
    return byFork(samples, includeDisturbed(samples));
  }

  /**
   * The samples in the order of forks; one non-empty list a fork.
   *
   * @param withDisturbed whether the disturbed ones count too
   */
  public static List<List<Sample>> byFork(List<Sample> samples, boolean withDisturbed) {
    List<Sample> usable =
        withDisturbed ? samples : samples.stream().filter(sample -> !sample.disturbed()).toList();
    SortedMap<Integer, List<Sample>> forks = new TreeMap<>();
    for (Sample sample : usable) {
      forks.computeIfAbsent(sample.fork(), fork -> new ArrayList<>()).add(sample);
    }
    return List.copyOf(forks.values());
  }
}
