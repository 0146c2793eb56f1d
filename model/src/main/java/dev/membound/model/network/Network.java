package dev.membound.model.network;

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
 * 10.1002/cpe.1206. With n devices, s = α + η, d = α + diameter · η and log = ⌈log2 n⌉:
 *
 * <pre>
 *   all-reduce      ring       2(n−1) · s + 2(n−1)/n · m/B
 *                   halving    2 log · d + 2(n−1)/n · m/P
 *                   doubling   log · (d + m/P)
 *                   one shot   d + max((n−1) · m/B, (n/2)² · m/C)
 *                   in-network d + m/B                       SHARP: up and down the tree
 *   all-gather      ring       (n−1) · s + (n−1)/n · m/B     m is what every device has afterwards
 *                   doubling   log · d + (n−1)/n · m/P
 *   reduce-scatter  as all-gather, m is what every device has before
 *   broadcast       tree       log · (d + m/P)
 *                   scatter    (log + n − 1) · d + 2(n−1)/n · m/P   van de Geijn
 *                   multicast  d + m/B                       where the network replicates
 *   all-to-all      pairwise   (n−1) · a + max((n−1)/n · m/B, n/4 · m/C)   a = α + average hops · η
 *                   Bruck      log · a + log · max(m/2/P, n/4 · m/C)
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
 */
public record Network(
    Topology topology,
    double bytesPerSecond,
    double messageSeconds,
    double hopSeconds,
    boolean reduces) {

  public Network {
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
    double ring = ringAllReduceSeconds(n, near(), bytes, bytesPerSecond);
    double halving = 2 * steps(n) * far() + 2 * share(n) * pairSeconds(bytes);
    double doubling = steps(n) * (far() + pairSeconds(bytes));
    double across = cutSeconds(n / 2.0 * (n / 2.0) * bytes);
    double oneShot = far() + Math.max((n - 1) * bytes / bytesPerSecond, across);
    double best = Math.min(Math.min(ring, halving), Math.min(doubling, oneShot));
    return reduces ? Math.min(best, far() + bytes / bytesPerSecond) : best;
  }

  /** The ring algorithm alone: Patarasuk and Yuan, JPDC 2009, DOI 10.1016/j.jpdc.2008.09.002. */
  static double ringAllReduceSeconds(
      int devices, double stepSeconds, double bytes, double bytesPerSecond) {
    return 2.0 * (devices - 1) * (stepSeconds + bytes / bytesPerSecond / devices);
  }

  /** Every device gets the parts of all, {@code bytes} together. */
  public double allGatherSeconds(double bytes) {
    int n = topology.devices();
    if (n == 1) {
      return 0;
    }
    double ring = (n - 1) * near() + share(n) * bytes / bytesPerSecond;
    return Math.min(ring, steps(n) * far() + share(n) * pairSeconds(bytes));
  }

  /** Every device gets its part of the sum of the {@code bytes} that every device has. */
  public double reduceScatterSeconds(double bytes) {
    return allGatherSeconds(bytes);
  }

  /** {@code bytes} of one device go to all. */
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
    double across = cutSeconds(n / 4.0 * bytes);
    double pairwise = (n - 1) * average + Math.max(share(n) * bytes / bytesPerSecond, across);
    double bruck = steps(n) * (average + Math.max(pairSeconds(bytes / 2), across));
    return Math.min(pairwise, bruck);
  }

  private double pairSeconds(double bytes) {
    return bytes / (bytesPerSecond * topology.pairShare());
  }

  private double cutSeconds(double bytes) {
    return bytes / (bytesPerSecond * topology.bisectionShares());
  }

  private double near() {
    return messageSeconds + hopSeconds;
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
