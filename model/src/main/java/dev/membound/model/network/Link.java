package dev.membound.model.network;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device's link to its equals.
 *
 * @param name for instance {@code nvlink4}
 * @param bytesPerSecond a device and direction, all its ports
 * @param latencySeconds of a message between two devices
 * @param hopSeconds that each wire and switch on the way adds
 * @param landingSeconds that a message takes from the port to where its engine reads it: nothing
 *     for on-chip SRAM, a write and a read for DRAM
 * @param topology how devices are wired
 * @param reducesInNetwork whether switches add up what passes (SHARP)
 */
public record Link(
    String name,
    Quantity bytesPerSecond,
    Quantity latencySeconds,
    Quantity hopSeconds,
    Quantity landingSeconds,
    TopologyKind topology,
    boolean reducesInNetwork) {
  private static final Quantity NO_TIME =
      Quantity.exact(0, "s", Provenance.ASSUMED, "not given: part of the latency");

  /** A ring whose latency is all that a message costs. */
  public Link(String name, Quantity bytesPerSecond, Quantity latencySeconds) {
    this(name, bytesPerSecond, latencySeconds, NO_TIME, NO_TIME, TopologyKind.RING, false);
  }

  /** Reads the keys of this record. */
  public static Link read(Section section) {
    Link link =
        new Link(
            section.text("name"),
            section.positive("bandwidth", Dimension.BANDWIDTH),
            section.quantity("latency", Dimension.TIME, 0),
            section.optionalQuantity("hop_latency", Dimension.TIME, 0).orElse(NO_TIME),
            section.optionalQuantity("landing_latency", Dimension.TIME, 0).orElse(NO_TIME),
            section.has("topology")
                ? section.choice("topology", TopologyKind.class)
                : TopologyKind.RING,
            section.has("reduces_in_network") && section.flag("reduces_in_network"));
    section.finish();
    return link;
  }

  /** The same link without latency. */
  public Link ideal() {
    return new Link(
        name,
        bytesPerSecond.withoutInterval(),
        latencySeconds.idealised(0),
        hopSeconds.idealised(0),
        landingSeconds.idealised(0),
        topology,
        reducesInNetwork);
  }

  /** {@code devices} devices that are wired by this link. */
  public Network network(int devices, Draw draw) {
    return new Network(
        topology.of(devices),
        draw.of(bytesPerSecond),
        draw.of(latencySeconds) + draw.of(landingSeconds),
        draw.of(hopSeconds),
        reducesInNetwork);
  }

  /** Its values by their names in catalogue files. */
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("bandwidth", bytesPerSecond);
    all.put("latency", latencySeconds);
    if (hopSeconds != NO_TIME) {
      all.put("hop_latency", hopSeconds);
    }
    if (landingSeconds != NO_TIME) {
      all.put("landing_latency", landingSeconds);
    }
    return all;
  }

  /**
   * Ring all-reduce of {@code messageBytes} over {@code devices}: 2(n−1) steps of {@code latency +
   * message / n / bandwidth}, Patarasuk and Yuan, J. Parallel Distrib. Comput. 2009, DOI
   * 10.1016/j.jpdc.2008.09.002. Nothing for one device. Other collectives and topologies: {@link
   * #network}.
   */
  public double allReduceSeconds(long messageBytes, int devices, Draw draw) {
    if (devices == 1) {
      return 0;
    }
    double step = draw.of(latencySeconds) + draw.of(landingSeconds) + draw.of(hopSeconds);
    return Network.ringAllReduceSeconds(devices, step, messageBytes, draw.of(bytesPerSecond));
  }
}
