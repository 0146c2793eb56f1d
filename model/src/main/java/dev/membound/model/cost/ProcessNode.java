package dev.membound.model.cost;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;

/**
 * A process that makes logic dies.
 *
 * @param length name of the process, m
 * @param fabJoulesPerArea electricity of the fab
 * @param gasPerArea kg CO2e of process gases that escape
 * @param waferPricePerArea USD
 * @param defectDensity an area
 */
record ProcessNode(
    Quantity length,
    Quantity fabJoulesPerArea,
    Quantity gasPerArea,
    Quantity waferPricePerArea,
    Quantity defectDensity) {

  /** Clustering of defects. */
  private static final double ALPHA = 3;

  static ProcessNode read(Section section) {
    ProcessNode node =
        new ProcessNode(
            section.positive("process", Dimension.LENGTH),
            section.quantity("energy", Dimension.ENERGY_PER_AREA, 0),
            section.quantity("gas", Dimension.CARBON_PER_AREA, 0),
            section.quantity("wafer", Dimension.PRICE_PER_AREA, 0),
            section.quantity("defects", Dimension.DENSITY, 0));
    section.finish();
    return node;
  }

  /** Share of dies that work: negative binomial, Cunningham, IEEE Trans. Semicond. Manuf. 1990. */
  double workingShare(double area, Draw draw) {
    return Math.pow(1 + area * draw.of(defectDensity) / ALPHA, -ALPHA);
  }

  /** USD of the wafer area behind a die that works. */
  double diePrice(double area, Draw draw) {
    return area * draw.of(waferPricePerArea) / workingShare(area, draw);
  }

  /** kg CO2e of a die that works: ACT, Gupta et al., ISCA 2022, eq. for carbon an area. */
  double dieCarbon(double area, double fabGrid, double materials, Draw draw) {
    double perArea = fabGrid * draw.of(fabJoulesPerArea) + draw.of(gasPerArea) + materials;
    return area * perArea / workingShare(area, draw);
  }
}
