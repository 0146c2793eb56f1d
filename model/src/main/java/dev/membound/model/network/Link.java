package dev.membound.model.network;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

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
 * @param algorithms of the collectives of its library
 */
public record Link(
    String name,
    Quantity bytesPerSecond,
    Quantity latencySeconds,
    Quantity hopSeconds,
    Quantity landingSeconds,
    TopologyKind topology,
    boolean reducesInNetwork,
    Set<CollectiveAlgorithm> algorithms) {
  private static final Quantity NO_TIME =
      Quantity.exact(0, "s", Provenance.ASSUMED, "not given: part of the latency");

  private static final Set<CollectiveAlgorithm> ALL = EnumSet.allOf(CollectiveAlgorithm.class);

  public Link {
    algorithms = Collections.unmodifiableSet(EnumSet.copyOf(algorithms));
  }

  /** A ring whose latency is all that a message costs. */
  public Link(String name, Quantity bytesPerSecond, Quantity latencySeconds) {
    this(name, bytesPerSecond, latencySeconds, NO_TIME, NO_TIME, TopologyKind.RING, false, ALL);
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
            section.has("reduces_in_network") && section.flag("reduces_in_network"),
            section.has("algorithms")
                ? EnumSet.copyOf(section.choices("algorithms", CollectiveAlgorithm.class))
                : ALL);
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
        reducesInNetwork,
        algorithms);
  }

  /** {@code devices} devices that are wired by this link. */
  public Network network(int devices, Draw draw) {
    return new Network(
        topology.of(devices),
        draw.of(bytesPerSecond),
        draw.of(latencySeconds) + draw.of(landingSeconds),
        draw.of(hopSeconds),
        reducesInNetwork,
        algorithms);
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
}
