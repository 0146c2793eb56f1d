package dev.membound.model.network;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device's link to its equals.
 *
 * @param name for instance {@code nvlink4}
 * @param bytesPerSecond a device and direction
 * @param latencySeconds of a message between two devices
 */
public record Link(String name, Quantity bytesPerSecond, Quantity latencySeconds) {

  /** Reads the keys of this record. */
  public static Link read(Section section) {
    Link link =
        new Link(
            section.text("name"),
            section.positive("bandwidth", Dimension.BANDWIDTH),
            section.quantity("latency", Dimension.TIME, 0));
    section.finish();
    return link;
  }

  /** The same link without latency. */
  public Link ideal() {
    return new Link(name, bytesPerSecond.withoutInterval(), latencySeconds.idealised(0));
  }

  /** Its values by their names in catalogue files. */
  public Map<String, Quantity> quantities() {
    Map<String, Quantity> all = new LinkedHashMap<>();
    all.put("bandwidth", bytesPerSecond);
    all.put("latency", latencySeconds);
    return all;
  }

  /**
   * Ring all-reduce of {@code messageBytes} over {@code devices}: 2(n−1) steps of {@code latency +
   * message / n / bandwidth}, Patarasuk and Yuan, J. Parallel Distrib. Comput. 2009, DOI
   * 10.1016/j.jpdc.2008.09.002. Nothing for one device.
   */
  public double allReduceSeconds(long messageBytes, int devices, Draw draw) {
    if (devices == 1) {
      return 0;
    }
    double step = draw.of(latencySeconds) + messageBytes / draw.of(bytesPerSecond) / devices;
    return 2.0 * (devices - 1) * step;
  }
}
