package dev.membound.model.cost;

import java.util.List;
import java.util.Locale;

/** What systems are compared by. Prices and footprints include idle time and the data centre. */
public enum Metric {
  TOKENS_PER_SECOND("tokens/s", true),
  STEP_SECONDS("s", false),
  TOKENS_PER_SECOND_PER_SEQUENCE("tokens/s", true),
  TOKENS_PER_SECOND_PER_DEVICE("tokens/s", true),
  DEVICES("1", false),
  /** Average power of all devices together, without servers. */
  DEVICE_WATTS("W", false),
  /** Average power at the wall, while it works. */
  WALL_WATTS("W", false),
  /** Energy at the wall, while it works, without the data centre. */
  JOULES_PER_TOKEN("J/token", false),
  CAPITAL_USD("USD", false),
  USD_PER_MILLION_TOKENS("USD/Mtoken", false),
  GRAMS_CO2E_PER_MILLION_TOKENS("g CO2e/Mtoken", false),
  /** Performance over energy. */
  TOKENS_PER_JOULE("tokens/J", true),
  /** Performance over total cost of ownership. */
  TOKENS_PER_USD("tokens/USD", true),
  /** Performance over carbon. */
  TOKENS_PER_KG_CO2E("tokens/kg CO2e", true);

  private final String unit;
  private final boolean moreIsBetter;

  Metric(String unit, boolean moreIsBetter) {
    this.unit = unit;
    this.moreIsBetter = moreIsBetter;
  }

  /** Name in files: {@code tokens_per_second}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Unit of its values. */
  public String unit() {
    return unit;
  }

  /** Which way is better. */
  public boolean moreIsBetter() {
    return moreIsBetter;
  }

  /** Metrics of several equal systems with equal work, from those of one. */
  public static double[] ofReplicas(double[] values, int replicas) {
    double[] all = values.clone();
    for (Metric metric :
        List.of(TOKENS_PER_SECOND, DEVICES, DEVICE_WATTS, WALL_WATTS, CAPITAL_USD)) {
      all[metric.ordinal()] *= replicas;
    }
    return all;
  }

  /**
   * All metrics of one step, by {@link #ordinal()}.
   *
   * @param sequences that get a token
   * @param devices without modules
   * @param seconds of the step
   * @param deviceJoules of the devices in it
   * @param wallJoules of all in it
   * @param idleWallWatts while nothing runs
   */
  public static double[] ofStep(
      double sequences,
      int devices,
      double seconds,
      double deviceJoules,
      double wallJoules,
      double idleWallWatts,
      SystemCost cost) {
    double idle = seconds * cost.idlePerBusySecond();
    double energy = wallJoules + idleWallWatts * idle;
    double usd = cost.usdPerSecond() * (seconds + idle) + cost.usdPerJoule() * energy;
    double kg = cost.kgPerSecond() * (seconds + idle) + cost.kgPerJoule() * energy;
    double[] values = new double[values().length];
    values[TOKENS_PER_SECOND.ordinal()] = sequences / seconds;
    values[STEP_SECONDS.ordinal()] = seconds;
    values[TOKENS_PER_SECOND_PER_SEQUENCE.ordinal()] = 1 / seconds;
    values[TOKENS_PER_SECOND_PER_DEVICE.ordinal()] = sequences / seconds / devices;
    values[DEVICES.ordinal()] = devices;
    values[DEVICE_WATTS.ordinal()] = deviceJoules / seconds;
    values[WALL_WATTS.ordinal()] = wallJoules / seconds;
    values[JOULES_PER_TOKEN.ordinal()] = wallJoules / sequences;
    values[CAPITAL_USD.ordinal()] = cost.capitalUsd();
    values[USD_PER_MILLION_TOKENS.ordinal()] = 1e6 * usd / sequences;
    values[GRAMS_CO2E_PER_MILLION_TOKENS.ordinal()] = 1e9 * kg / sequences;
    values[TOKENS_PER_JOULE.ordinal()] = sequences / wallJoules;
    values[TOKENS_PER_USD.ordinal()] = sequences / usd;
    values[TOKENS_PER_KG_CO2E.ordinal()] = sequences / kg;
    return values;
  }
}
