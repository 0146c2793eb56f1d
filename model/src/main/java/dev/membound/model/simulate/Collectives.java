package dev.membound.model.simulate;

import dev.membound.model.network.Link;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.Kernel;

/** Times of the collectives over links between equal devices. */
final class Collectives {
  private Collectives() {}

  /**
   * Time of a collective of {@code messageBytes} a device. All-to-all: every device sends all
   * others their {@code 1/n} of the message at once, so one latency and {@code message · (n−1)/n}
   * over its link.
   */
  static double seconds(Link link, Kernel collective, long messageBytes, int devices, Draw draw) {
    return switch (collective) {
      case ALL_REDUCE -> link.allReduceSeconds(messageBytes, devices, draw);
      case ALL_TO_ALL ->
          draw.of(link.latencySeconds())
              + messageBytes * (devices - 1.0) / devices / draw.of(link.bytesPerSecond());
      default -> throw new IllegalArgumentException(collective + " is no collective");
    };
  }
}
