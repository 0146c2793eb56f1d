package dev.membound.model.cost;

import dev.membound.model.energy.EnergyFacts;

/**
 * All facts behind energy, cost and carbon.
 *
 * @param energy what device files do not say about energy
 * @param deployment where and how systems run
 * @param manufacturing price and footprint of making devices
 */
public record Economics(EnergyFacts energy, Deployment deployment, Manufacturing manufacturing) {

  /** Those that are used unless a user names others. */
  public static Economics standard() {
    return of(Deployment.standard());
  }

  /** The usual facts in a deployment. */
  public static Economics of(Deployment deployment) {
    return new Economics(EnergyFacts.standard(), deployment, Manufacturing.standard());
  }
}
