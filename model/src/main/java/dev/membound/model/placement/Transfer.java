package dev.membound.model.placement;

import dev.membound.model.network.Link;
import dev.membound.model.network.Network;
import dev.membound.model.quantity.Draw;

/**
 * A collective of a decode step.
 *
 * @param kind which one
 * @param devices that take part
 * @param bytes as {@link Network} counts them
 * @param repeats one after the other in a step
 */
public record Transfer(Kind kind, int devices, long bytes, long repeats) {

  /** What is exchanged and why. */
  public enum Kind {
    /** TP: partial sums, after attention and after feed-forward. */
    ALL_REDUCE,
    /** EP: tokens go to their experts, and back. */
    ALL_TO_ALL,
    /** CP: every part's attention output and log-sum-exp, merged by all. */
    ALL_GATHER,
    /** PP: the residual stream to the next stage. */
    POINT_TO_POINT
  }

  /** Time of all repeats. */
  public double seconds(Link link, Draw draw) {
    Network network = link.network(devices, draw);
    double once =
        switch (kind) {
          case ALL_REDUCE -> link.allReduceSeconds(bytes, devices, draw);
          case ALL_TO_ALL -> network.allToAllSeconds(bytes);
          case ALL_GATHER -> network.allGatherSeconds(bytes);
          case POINT_TO_POINT -> network.neighbourSeconds(bytes);
        };
    return repeats * once;
  }
}
