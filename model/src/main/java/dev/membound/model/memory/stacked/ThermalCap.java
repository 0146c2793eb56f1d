package dev.membound.model.memory.stacked;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * Heat that stacks can give off: power density times area.
 *
 * @param wattsPerSquareMetre at most
 * @param squareMetres of logic, all stacks
 */
public record ThermalCap(Quantity wattsPerSquareMetre, Quantity squareMetres) {

  static ThermalCap read(Section section) {
    return new ThermalCap(
        section.positive("power_density", Dimension.POWER_DENSITY),
        section.positive("logic_area", Dimension.AREA));
  }

  /** Power that all stacks together may draw. */
  public double watts(Draw draw) {
    return draw.of(wattsPerSquareMetre) * draw.of(squareMetres);
  }

  /** Time in which {@code joules} can be given off. */
  public double seconds(double joules, Draw draw) {
    return joules / watts(draw);
  }
}
