package dev.membound.model.network;

/**
 * Standby devices beside those that work, so that a failure costs the switch to a spare and not a
 * migration to another machine (Ma and Patterson, arXiv 2601.05047). Failures are a Poisson
 * process:
 *
 * <pre>
 *   λ            = n / mean time between failures of a device
 *   exhausted    = P(at least {@code spares} others failed within a replacement)
 *   down         = λ · ((1 − exhausted) · switch + exhausted · migration)   seconds a second
 *   availability = 1 / (1 + down)
 * </pre>
 *
 * @param spares standing by
 * @param meanSecondsBetweenFailures of one device
 * @param replacementSeconds until a failed device stands by again
 * @param switchSeconds to a local spare
 * @param migrationSeconds to another machine
 */
public record LocalSpares(
    int spares,
    double meanSecondsBetweenFailures,
    double replacementSeconds,
    double switchSeconds,
    double migrationSeconds) {

  public LocalSpares {
    if (spares < 0
        || !(meanSecondsBetweenFailures > 0
            && replacementSeconds >= 0
            && switchSeconds >= 0
            && migrationSeconds >= 0)) {
      throw new IllegalArgumentException("needs spares and times that are not negative");
    }
  }

  /** Probability that a failure finds no spare. */
  public double exhaustedProbability(int devices) {
    double mean = devices / meanSecondsBetweenFailures * replacementSeconds;
    // The failure at hand needs one spare itself.
    double term = Math.exp(-mean);
    double within = 0;
    for (int failures = 0; failures < spares; failures++) {
      within += term;
      term *= mean / (failures + 1);
    }
    return Math.max(0, 1 - within);
  }

  /** Share of time in which {@code devices} devices work, 0 to 1. */
  public double availability(int devices) {
    double exhausted = exhaustedProbability(devices);
    double failuresPerSecond = devices / meanSecondsBetweenFailures;
    double downPerFailure = (1 - exhausted) * switchSeconds + exhausted * migrationSeconds;
    return 1 / (1 + failuresPerSecond * downPerFailure);
  }
}
