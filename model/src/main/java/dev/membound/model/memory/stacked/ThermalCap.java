package dev.membound.model.memory.stacked;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * Heat that a stack can give off: power density times area. Dynamic power of logic is taken as
 * proportional to its clock at a fixed voltage.
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

  /**
   * Share of the full clock at which memory and logic together stay under the cap, 0 to 1.
   *
   * @param memoryWatts of data movement, which comes first
   * @param logicWatts at the full clock
   */
  public double clockShare(double memoryWatts, double logicWatts, Draw draw) {
    double left = Math.max(0, watts(draw) - memoryWatts);
    return logicWatts <= left ? 1 : left / logicWatts;
  }
}
