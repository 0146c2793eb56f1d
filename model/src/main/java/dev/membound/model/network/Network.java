package dev.membound.model.network;

import dev.membound.model.workload.Kernel;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * Time of messages and collectives between equal devices: the α-β model of Hockney (Parallel
 * Computing 1994, DOI 10.1016/S0167-8191(06)80021-9) with a cost a hop,
 *
 * <pre>  message(m, h) = α + h · η + m / B</pre>
 *
 * Collectives take the fastest of the algorithms below, which makes the small-message regime: few
 * steps for few bytes, few bytes for many. Thakur, Rabenseifner and Gropp, "Optimization of
 * Collective Communication Operations in MPICH", IJHPCA 2005, DOI 10.1177/1094342005051521; Chan et
 * al., "Collective communication: theory, practice, and experience", CCPE 2007, DOI
 * 10.1002/cpe.1206. With n devices, s = α + neighbours' hops · η, d = α + diameter · η and log =
 * ⌈log2 n⌉:
 *
 * <pre>
 *   all-reduce      ring       2(n−1) · s + 2(n−1)/n · m/B
 *                   halving    2 log · d + 2(n−1)/n · m/P            a tree
 *                   doubling   log · (d + m/P)                       a tree
 *                   one shot   d + max((n−1) · m/B, (n/2)² · m/C)    direct
 *                   two shots  2d + 2 max((n−1)/n · m/B, n/4 · m/C)  direct
 *                   in-network d + m/B                       SHARP: up and down the tree
 *   all-gather      ring       (n−1) · s + (n−1)/n · m/B     m is what every device has afterwards
 *                   doubling   log · d + (n−1)/n · m/P
 *                   one shot   d + max((n−1)/n · m/B, n/4 · m/C)
 *   reduce-scatter  as all-gather, m is what every device has before
 *   broadcast       tree       log · (d + m/P)
 *                   scatter    (log + n − 1) · d + 2(n−1)/n · m/P   van de Geijn
 *                   multicast  d + m/B                       where the network replicates
 *   all-to-all      pairwise   (n−1) · a + max((n−1)/n · m/B, n/4 · m/C)   a = α + average hops · η
 *                   Bruck      log · a + log · max(m/2/P, n/4 · m/C)
 *                   one shot   d + max((n−1)/n · m/B, n/4 · m/C)
 * </pre>
 *
 * P is the bandwidth that a pair has to itself, C that of the narrowest cut into halves; m of an
 * all-to-all is what every device sends.
 *
 * <p>In-network reduction: Graham et al., "SHARP", COMHPC 2016, DOI 10.1109/COMHPC.2016.006. Not
 * captured: contention of several collectives, the time of the additions, algorithms made for one
 * topology (all-reduce on a torus by dimensions).
 *
 * @param topology how they are wired
 * @param bytesPerSecond a device injects, all links in one direction
 * @param messageSeconds α: software, synchronisation, landing
 * @param hopSeconds η: a wire and a switch
 * @param reduces whether switches add up and replicate what passes
 * @param algorithms that the library chooses from, at least one
 */
public record Network(
    Topology topology,
    double bytesPerSecond,
    double messageSeconds,
    double hopSeconds,
    boolean reduces,
    Set<CollectiveAlgorithm> algorithms) {

  public Network {
    if (algorithms.isEmpty()) {
      throw new IllegalArgumentException("a network needs an algorithm for its collectives");
    }
    algorithms = Collections.unmodifiableSet(EnumSet.copyOf(algorithms));
    if (!(bytesPerSecond > 0 && messageSeconds >= 0 && hopSeconds >= 0)) {
      throw new IllegalArgumentException(
          "needs bandwidth and times, got "
              + bytesPerSecond
              + " B/s, "
              + messageSeconds
              + " s and "
              + hopSeconds
              + " s");
    }
  }

  /** A network whose library knows all algorithms. */
  public Network(
      Topology topology,
      double bytesPerSecond,
      double messageSeconds,
      double hopSeconds,
      boolean reduces) {
    this(
        topology,
        bytesPerSecond,
        messageSeconds,
        hopSeconds,
        reduces,
        EnumSet.allOf(CollectiveAlgorithm.class));
  }

  /**
   * Time of an operator that devices exchange something in.
   *
   * @param bytes as the method of that collective counts them
   */
  public double seconds(Kernel collective, double bytes) {
    return switch (collective) {
      case ALL_REDUCE -> allReduceSeconds(bytes);
      case ALL_TO_ALL -> allToAllSeconds(bytes);
      case ALL_GATHER -> allGatherSeconds(bytes);
      case POINT_TO_POINT -> neighbourSeconds(bytes);
      case GEMV, GEMM, ATTENTION, TOPK, NORM, EMBEDDING ->
          throw new IllegalArgumentException(collective + " is no collective");
    };
  }

  /** One message between neighbours, over the link that they have to themselves. */
  public double neighbourSeconds(double bytes) {
    return near() + pairSeconds(bytes);
  }

  /** One message between the devices that are farthest apart, over one path. */
  public double pointToPointSeconds(double bytes) {
    return far() + pairSeconds(bytes);
  }

  /** Sum of {@code bytes} of every device, on every device. */
  public double allReduceSeconds(double bytes) {
    int n = topology.devices();
    if (n == 1) {
      return 0;
    }
    double best = reduces ? far() + bytes / bytesPerSecond : Double.POSITIVE_INFINITY;
    if (algorithms.contains(CollectiveAlgorithm.RING)) {
      // Patarasuk and Yuan, JPDC 2009, DOI 10.1016/j.jpdc.2008.09.002.
      best = Math.min(best, 2 * (n - 1) * near() + 2 * share(n) * bytes / bytesPerSecond);
    }
    if (algorithms.contains(CollectiveAlgorithm.TREE)) {
      double halving = 2 * steps(n) * far() + 2 * share(n) * pairSeconds(bytes);
      double doubling = steps(n) * (far() + pairSeconds(bytes));
      best = Math.min(best, Math.min(halving, doubling));
    }
    if (algorithms.contains(CollectiveAlgorithm.DIRECT)) {
      double across = cutSeconds(n / 2.0 * (n / 2.0) * bytes);
      double oneShot = far() + Math.max((n - 1) * bytes / bytesPerSecond, across);
      best = Math.min(best, Math.min(oneShot, 2 * (far() + spreadSeconds(n, bytes))));
    }
    return best;
  }

  /** Every device gets the parts of all, {@code bytes} together. */
  public double allGatherSeconds(double bytes) {
    int n = topology.devices();
    if (n == 1) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    if (algorithms.contains(CollectiveAlgorithm.RING)) {
      best = (n - 1) * near() + share(n) * bytes / bytesPerSecond;
    }
    if (algorithms.contains(CollectiveAlgorithm.TREE)) {
      best = Math.min(best, steps(n) * far() + share(n) * pairSeconds(bytes));
    }
    if (algorithms.contains(CollectiveAlgorithm.DIRECT)) {
      best = Math.min(best, far() + spreadSeconds(n, bytes));
    }
    return best;
  }

  /** Every device gets its part of the sum of the {@code bytes} that every device has. */
  public double reduceScatterSeconds(double bytes) {
    return allGatherSeconds(bytes);
  }

  /** {@code bytes} of one device go to all, by a tree or by scattering and gathering. */
  public double broadcastSeconds(double bytes) {
    int n = topology.devices();
    if (n == 1) {
      return 0;
    }
    double tree = steps(n) * (far() + pairSeconds(bytes));
    double scatter = (steps(n) + n - 1) * far() + 2 * share(n) * pairSeconds(bytes);
    double best = Math.min(tree, scatter);
    return reduces ? Math.min(best, far() + bytes / bytesPerSecond) : best;
  }

  /**
   * Every device sends another part to each, {@code bytes} a device, what it keeps included:
   * dispatch or combine of a mixture of experts.
   */
  public double allToAllSeconds(double bytes) {
    int n = topology.devices();
    if (n == 1) {
      return 0;
    }
    double average = messageSeconds + topology.averageHops() * hopSeconds;
    double best = Double.POSITIVE_INFINITY;
    if (algorithms.contains(CollectiveAlgorithm.RING)) {
      best = (n - 1) * average + spreadSeconds(n, bytes);
    }
    if (algorithms.contains(CollectiveAlgorithm.TREE)) {
      double across = cutSeconds(n / 4.0 * bytes);
      double bruck = steps(n) * (average + Math.max(pairSeconds(bytes / 2), across));
      best = Math.min(best, bruck);
    }
    if (algorithms.contains(CollectiveAlgorithm.DIRECT)) {
      best = Math.min(best, far() + spreadSeconds(n, bytes));
    }
    return best;
  }

  /** Every device sends {@code 1/n} of {@code bytes} to each other, half of it across the cut. */
  private double spreadSeconds(int n, double bytes) {
    return Math.max(share(n) * bytes / bytesPerSecond, cutSeconds(n / 4.0 * bytes));
  }

  private double pairSeconds(double bytes) {
    return bytes / (bytesPerSecond * topology.pairShare());
  }

  private double cutSeconds(double bytes) {
    return bytes / (bytesPerSecond * topology.bisectionShares());
  }

  private double near() {
    return messageSeconds + topology.neighbourHops() * hopSeconds;
  }

  private double far() {
    return messageSeconds + topology.diameterHops() * hopSeconds;
  }

  private static double share(int n) {
    return (n - 1.0) / n;
  }

  private static double steps(int n) {
    return Integer.SIZE - Integer.numberOfLeadingZeros(n - 1);
  }
}
