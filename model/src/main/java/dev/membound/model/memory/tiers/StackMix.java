package dev.membound.model.memory.tiers;

import java.util.Optional;

/**
 * How to fill a device's sites for stacks with two kinds of memory, say HBM for the KV cache and
 * HBF for weights. Both are read at once, each for its own bytes; weights x of the fast kind are
 * chosen so that both finish together where capacity allows:
 *
 * <pre>
 *   t(f, x) = max((KV read + x) / (f · Bf), (weights read − x) / ((sites − f) · Bs))
 * </pre>
 *
 * @param fastStacks sites given to the kind that holds the KV cache
 * @param slowStacks sites given to the other kind
 * @param weightBytesOnFast of all weights
 * @param seconds of reading everything once
 */
public record StackMix(int fastStacks, int slowStacks, double weightBytesOnFast, double seconds) {

  /**
   * The mix that reads a step's bytes fastest; of equal ones the one with fewer fast stacks.
   *
   * @param sites stacks in all
   * @param fast holds the KV cache and any share of the weights
   * @param slow holds weights, and the rest of the KV cache only where its cells allow
   * @param weightBytes read once a step
   * @param kvBytes read once a step
   * @return empty where no mix has the capacity
   */
  public static Optional<StackMix> best(
      int sites, Stack fast, Stack slow, double weightBytes, double kvBytes) {
    StackMix best = null;
    for (int n = 0; n <= sites; n++) {
      Optional<StackMix> mix = of(n, sites - n, fast, slow, weightBytes, kvBytes);
      if (mix.isPresent() && (best == null || mix.get().seconds < best.seconds)) {
        best = mix.get();
      }
    }
    return Optional.ofNullable(best);
  }

  private static Optional<StackMix> of(
      int fastStacks, int slowStacks, Stack fast, Stack slow, double weights, double kv) {
    double fastCapacity = fastStacks * fast.capacityBytes();
    double slowCapacity = slowStacks * slow.capacityBytes();
    boolean kvFits = slow.holdsKvCache() || kv <= fastCapacity;
    if (!kvFits || weights + kv > fastCapacity + slowCapacity) {
      return Optional.empty();
    }
    double fastRate = fastStacks * fast.readBytesPerSecond();
    double slowRate = slowStacks * slow.readBytesPerSecond();
    // Bytes on the fast kind, the KV cache first.
    double least = Math.max(slow.holdsKvCache() ? 0 : kv, weights + kv - slowCapacity);
    double most = Math.min(fastCapacity, weights + kv);
    double together = (weights + kv) * fastRate / (fastRate + slowRate);
    double onFast = Math.clamp(together, least, most);
    double onSlow = weights + kv - onFast;
    double seconds =
        Math.max(onFast == 0 ? 0 : onFast / fastRate, onSlow <= 0 ? 0 : onSlow / slowRate);
    return Optional.of(new StackMix(fastStacks, slowStacks, Math.max(0, onFast - kv), seconds));
  }
}
