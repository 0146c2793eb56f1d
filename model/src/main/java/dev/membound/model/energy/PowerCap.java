package dev.membound.model.energy;

import java.util.Locale;
import java.util.function.IntToDoubleFunction;

/**
 * What a power cap does: the devices take the highest clock at which their average power stays
 * below it; where the lowest clock is still too much, work pauses.
 *
 * <pre>
 *   power(clock) = idle + dynamic(clock) / t(clock) ≤ cap
 *   t            = max(t(clock), dynamic(lowest clock) / (cap − idle))
 * </pre>
 *
 * <p>Memory keeps its bandwidth until work pauses. Not captured: power that varies within a step,
 * transients, the dependence of leakage on temperature.
 */
public final class PowerCap {
  /** Clocks are chosen in steps of this share, as hardware does. */
  public static final double CLOCK_STEP = 0.01;

  /**
   * Clock and time under a cap.
   *
   * @param clock share of the full clock
   * @param seconds of the step
   */
  public record State(double clock, double seconds) {}

  private PowerCap() {}

  /** Share of the clock in a state; state 0 is the full clock. */
  public static double clock(int state) {
    return 1 - CLOCK_STEP * state;
  }

  /**
   * The fastest state under a cap.
   *
   * @param capWatts of all devices together, without modules and host
   * @param account dynamic energy of the step at full clock
   * @param secondsInState time of the step by state of the clock
   * @throws IllegalArgumentException when the devices draw as much while idle
   */
  public static State fastest(
      double capWatts, EnergyModel energy, double[] account, IntToDoubleFunction secondsInState) {
    double full = secondsInState.applyAsDouble(0);
    if (energy.deviceIdleWatts() + energy.deviceJoules(account, 1) / full <= capWatts) {
      return new State(1, full);
    }
    int low = 1;
    int high = states(energy.facts()) - 1;
    while (low < high) {
      int middle = (low + high) / 2;
      if (watts(energy, account, middle, secondsInState) <= capWatts) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return new State(
        clock(low),
        seconds(capWatts, energy, account, clock(low), secondsInState.applyAsDouble(low)));
  }

  /** Number of states that facts allow. */
  public static int states(EnergyFacts facts) {
    return 1 + (int) Math.floor((1 - facts.lowestClock().value()) / CLOCK_STEP + 1e-9);
  }

  private static double watts(
      EnergyModel energy, double[] account, int state, IntToDoubleFunction secondsInState) {
    return energy.deviceIdleWatts()
        + energy.deviceJoules(account, clock(state)) / secondsInState.applyAsDouble(state);
  }

  /**
   * Time of a step at a clock, longer where power would exceed the cap.
   *
   * @throws IllegalArgumentException when the devices draw as much while idle
   */
  public static double seconds(
      double capWatts, EnergyModel energy, double[] account, double clock, double seconds) {
    double left = capWatts - energy.deviceIdleWatts();
    if (!(left > 0)) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "a power cap of %.4g W leaves nothing to work with: the devices draw %.4g W while"
                  + " idle",
              capWatts,
              energy.deviceIdleWatts()));
    }
    return Math.max(seconds, energy.deviceJoules(account, clock) / left);
  }
}
