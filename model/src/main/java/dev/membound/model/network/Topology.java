package dev.membound.model.network;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * How devices are wired. Hops count the wires that a message crosses: one between devices that are
 * wired to each other, two by way of a switch. Bandwidths are shares of a device's injection
 * bandwidth, that of all its links in one direction.
 */
public sealed interface Topology {

  /** Devices in all. */
  int devices();

  /** Hops between the two devices that are nearest to each other; 0 for one device. */
  default int neighbourHops() {
    return Math.min(1, diameterHops());
  }

  /** Hops between the two devices that are farthest apart; 0 for one device. */
  int diameterHops();

  /** Hops between two different devices on average over all pairs; 0 for one device. */
  double averageHops();

  /** Share of the injection bandwidth that any pair of neighbours has to itself. */
  double pairShare();

  /**
   * Bandwidth of the narrowest cut into halves, one direction, in injection bandwidths. Any pattern
   * that sends half of the bytes across is bound by it.
   */
  double bisectionShares();

  private static void check(boolean sound, String what) {
    if (!sound) {
      throw new IllegalArgumentException(what);
    }
  }

  /** Each device is wired to two neighbours; half of the bandwidth to each. */
  record Ring(int devices) implements Topology {
    public Ring {
      check(devices >= 1, "a ring needs devices, got " + devices);
    }

    @Override
    public int diameterHops() {
      return devices / 2;
    }

    @Override
    public double averageHops() {
      return devices == 1 ? 0 : ringHops(devices) / (devices - 1);
    }

    @Override
    public double pairShare() {
      return devices == 2 ? 1 : 0.5;
    }

    @Override
    public double bisectionShares() {
      return 1;
    }

    /** Sum of the distances from one device of a ring to all others. */
    static double ringHops(int devices) {
      return devices / 2 * ((devices + 1) / 2);
    }
  }

  /** Every device on one non-blocking switch: two wires between any two. */
  record Switch(int devices) implements Topology {
    public Switch {
      check(devices >= 1, "a switch needs devices, got " + devices);
    }

    @Override
    public int neighbourHops() {
      return diameterHops();
    }

    @Override
    public int diameterHops() {
      return devices == 1 ? 0 : 2;
    }

    @Override
    public double averageHops() {
      return diameterHops();
    }

    @Override
    public double pairShare() {
      return 1;
    }

    @Override
    public double bisectionShares() {
      return devices / 2.0;
    }
  }

  /**
   * Folded Clos of switches with {@code radix} ports, half of them up, without oversubscription:
   * Leiserson, "Fat-Trees", IEEE Trans. Comput. 1985, DOI 10.1109/TC.1985.6312192.
   */
  record FatTree(int devices, int radix) implements Topology {
    public FatTree {
      check(
          devices >= 1 && radix >= 4 && radix % 2 == 0,
          "a fat tree needs devices and an even radix of at least 4, got "
              + devices
              + " and "
              + radix);
    }

    /** Levels of switches: the top one uses all ports downwards. */
    public int levels() {
      int levels = 1;
      for (long reach = radix; reach < devices; reach = reach * radix / 2) {
        levels++;
      }
      return levels;
    }

    @Override
    public int neighbourHops() {
      return devices == 1 ? 0 : 2;
    }

    @Override
    public int diameterHops() {
      return devices == 1 ? 0 : 2 * levels();
    }

    @Override
    public double averageHops() {
      if (devices == 1) {
        return 0;
      }
      double sum = 0;
      long nearer = 1;
      long reach = radix / 2;
      for (int level = 1; level <= levels(); level++) {
        long within = level == levels() ? devices : Math.min(reach, devices);
        sum += 2.0 * level * (within - nearer);
        nearer = within;
        reach = reach * radix / 2;
      }
      return sum / (devices - 1);
    }

    @Override
    public double pairShare() {
      return 1;
    }

    @Override
    public double bisectionShares() {
      return devices / 2.0;
    }
  }

  /**
   * Groups of routers, all wired to each other inside a group and by at least one wire between any
   * two groups: Kim et al., "Technology-Driven, Highly-Scalable Dragonfly Topology", ISCA 2008, DOI
   * 10.1109/ISCA.2008.19. Longest way: in, local, global, local, out. Valiant routing, which bad
   * patterns need, crosses global wires twice and halves the bisection.
   */
  record Dragonfly(int devicesPerRouter, int routersPerGroup, int groups) implements Topology {
    public Dragonfly {
      check(
          devicesPerRouter >= 1 && routersPerGroup >= 1 && groups >= 1,
          "a dragonfly needs devices, routers and groups, got "
              + devicesPerRouter
              + ", "
              + routersPerGroup
              + " and "
              + groups);
    }

    @Override
    public int devices() {
      return Math.multiplyExact(Math.multiplyExact(devicesPerRouter, routersPerGroup), groups);
    }

    @Override
    public int neighbourHops() {
      if (devices() == 1) {
        return 0;
      }
      return devicesPerRouter > 1 ? 2 : 3;
    }

    @Override
    public int diameterHops() {
      if (devices() == 1) {
        return 0;
      }
      int local = routersPerGroup > 1 ? 1 : 0;
      return 2 + (groups > 1 ? 1 + 2 * local : local);
    }

    /** With one global wire between two groups, at a random router of each. */
    @Override
    public double averageHops() {
      int n = devices();
      if (n == 1) {
        return 0;
      }
      double sameRouter = devicesPerRouter - 1;
      double sameGroup = (double) devicesPerRouter * (routersPerGroup - 1);
      double elsewhere = n - 1 - sameRouter - sameGroup;
      double detour = 2.0 * (routersPerGroup - 1) / routersPerGroup;
      return (2 * sameRouter + 3 * sameGroup + (3 + detour) * elsewhere) / (n - 1);
    }

    @Override
    public double pairShare() {
      return 1;
    }

    @Override
    public double bisectionShares() {
      return groups == 1 ? devices() / 2.0 : devices() / 4.0;
    }
  }

  /**
   * Rings in every dimension; a device's bandwidth is shared by two links a dimension, which both
   * go to the one neighbour in a dimension of two. Dally, "Performance Analysis of k-ary n-cube
   * Interconnection Networks", IEEE Trans. Comput. 1990, DOI 10.1109/12.53599.
   */
  record Torus(List<Integer> sizes) implements Topology {
    public Torus {
      sizes = List.copyOf(sizes);
      check(
          !sizes.isEmpty() && sizes.stream().allMatch(size -> size >= 1),
          "a torus needs positive sizes, got " + sizes);
    }

    /** As near to equal sizes in {@code dimensions} dimensions as the factors of a number allow. */
    public static Torus of(int devices, int dimensions) {
      Integer[] sizes = new Integer[dimensions];
      int left = devices;
      for (int i = 0; i < dimensions; i++) {
        int most = (int) Math.round(Math.pow(left, 1.0 / (dimensions - i)));
        int size = Math.max(1, most);
        while (left % size != 0) {
          size--;
        }
        sizes[i] = size;
        left /= size;
      }
      sizes[dimensions - 1] *= left;
      return new Torus(Arrays.asList(sizes));
    }

    @Override
    public int devices() {
      int product = 1;
      for (int size : sizes) {
        product = Math.multiplyExact(product, size);
      }
      return product;
    }

    @Override
    public int diameterHops() {
      int hops = 0;
      for (int size : sizes) {
        hops += size / 2;
      }
      return hops;
    }

    @Override
    public double averageHops() {
      int n = devices();
      double sum = 0;
      for (int size : sizes) {
        sum += Ring.ringHops(size) * (n / size);
      }
      return n == 1 ? 0 : sum / (n - 1);
    }

    @Override
    public double pairShare() {
      int linksToANeighbour = Collections.max(sizes) == 2 ? 2 : 1;
      return linksToANeighbour * linkShare();
    }

    /** Cuts the longest dimension twice, for it closes upon itself. */
    @Override
    public double bisectionShares() {
      int longest = Collections.max(sizes);
      return (double) devices() / longest * 2 * linkShare();
    }

    private double linkShare() {
      return 1 / (2.0 * dimensions());
    }

    private int dimensions() {
      int wired = 0;
      for (int size : sizes) {
        wired += size > 1 ? 1 : 0;
      }
      return Math.max(1, wired);
    }
  }

  /** A wire between any two devices, each with its part of the bandwidth. */
  record FullyConnected(int devices) implements Topology {
    public FullyConnected {
      check(devices >= 1, "needs devices, got " + devices);
    }

    @Override
    public int diameterHops() {
      return devices == 1 ? 0 : 1;
    }

    @Override
    public double averageHops() {
      return diameterHops();
    }

    @Override
    public double pairShare() {
      return 1.0 / Math.max(1, devices - 1);
    }

    @Override
    public double bisectionShares() {
      double half = devices / 2.0;
      return half * half * pairShare();
    }
  }
}
