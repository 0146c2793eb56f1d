package dev.membound.benchmarks.comparison;

import dev.membound.benchmarks.suite.Workload;
import java.util.List;
import java.util.Objects;

/**
 * One task, done by us and by others.
 *
 * @param format of the data
 * @param elements weights, or elements of the KV cache, that one call goes through: what formats of
 *     different size have in common
 * @param ours null where we have no such format
 * @param peers at least one
 */
public record Comparison(String format, long elements, Workload ours, List<PeerKernel> peers) {
  /**
   * A peer's way to do the task.
   *
   * @param label the library's name, for people
   */
  public record PeerKernel(String label, Workload workload) {}

  public Comparison {
    Objects.requireNonNull(format, "format");
    peers = List.copyOf(peers);
    if (elements < 1 || peers.isEmpty()) {
      throw new IllegalArgumentException(
          format + ": a comparison needs elements and a peer, not " + elements + ", " + peers);
    }
  }
}
