package dev.membound.model.published.fit;

import dev.membound.model.energy.EnergyModel;
import dev.membound.model.energy.PowerCap;
import java.util.function.IntToDoubleFunction;

/**
 * Energy of a serving step in one world.
 *
 * @param model of the devices that share a copy of the model
 * @param account dynamic energy of the step at full clock
 */
record StepEnergy(EnergyModel model, double[] account) {

  /** The fastest state under a cap on all devices together. */
  PowerCap.State fastest(double capWatts, IntToDoubleFunction secondsInState) {
    return PowerCap.fastest(capWatts, model, account, secondsInState);
  }

  /** Time of a step at a clock, longer where power would exceed what a world's cap leaves. */
  double seconds(double capWatts, double clock, double seconds) {
    double least = model.deviceIdleWatts() * (1 + PowerCap.CLOCK_STEP);
    return PowerCap.seconds(Math.max(capWatts, least), model, account, clock, seconds);
  }

  double wallJoules(double clock, double seconds) {
    return model.wallJoules(account, clock, seconds);
  }

  double deviceJoules(double clock, double seconds) {
    return model.deviceJoules(account, clock) + model.deviceIdleWatts() * seconds;
  }
}
