package dev.membound.model;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;

/** Exact quantities for hand-computed cases. */
public final class TestQuantities {
  private TestQuantities() {}

  /** {@code value} without interval. */
  public static Quantity exact(double value) {
    return Quantity.exact(value, "1", Provenance.ASSUMED, "hand-computed case");
  }
}
