package dev.membound.model.calibrate;

import dev.membound.model.statistics.Quantiles;
import java.util.Map;
import java.util.Optional;

/**
 * Predicts a kernel's call from a fit that may never have seen the kernel. What the fit cannot know
 * of it comes from its relatives, with their spread as uncertainty: the compute efficiency of an
 * unseen {@code kernel/format/layout} as {@link EfficiencyGuess} says, the exponent of an unseen
 * family as the median of the others.
 */
final class KernelPredictor {
  /** Even where the parameters are sure, equations this simple are not right to better. */
  private static final double LEAST_MODEL_SIGMA = 0.1;

  /** Relatives that differ wildly tell less about the missing one, but not nothing. */
  private static final double MOST_PARAMETER_SIGMA = 0.5;

  private static final double EXPONENT_SPREAD = 0.25;
  private static final double INVERSE_EXPONENT_WITHOUT_RELATIVES = 0.4;

  /**
   * A prediction.
   *
   * @param seconds a call
   * @param logSigma how uncertain its logarithm is, before the held-out residuals scale it
   */
  record Prediction(double seconds, double logSigma) {}

  private record Guess(double value, double spread) {}

  private final KernelFit fit;

  KernelPredictor(KernelFit fit) {
    this.fit = fit;
  }

  /** Whether the fit knows every parameter of this row from rows of its own. */
  boolean knows(KernelRow row) {
    return fit.layout().startups().containsKey(row.threads())
        && (!row.computes() || fit.layout().efficiencies().containsKey(row.variant()));
  }

  /**
   * Predicts from the row's demands and the read bandwidth beside its samples, never from its
   * seconds; empty where it writes and the fit has seen nothing that writes.
   */
  Optional<Prediction> predict(KernelRow row) {
    if (ParameterLayout.isWriteHeavy(row) && !fit.layout().hasWriteFraction()) {
      return Optional.empty();
    }
    Observation observation = row.atMedianBandwidth();
    Guess efficiency = efficiency(row);
    Guess exponent = inverseExponent(row);
    double seconds = seconds(observation, exponent.value, efficiency.value);
    double parameters =
        knows(row)
            ? fit.logSigmaOfParameters(observation)
            : StrictMath.hypot(
                StrictMath.log(
                        seconds(
                                observation,
                                exponent.value,
                                efficiency.value * StrictMath.exp(-efficiency.spread))
                            / seconds(
                                observation,
                                exponent.value,
                                efficiency.value * StrictMath.exp(efficiency.spread)))
                    / 2,
                StrictMath.log(
                        seconds(
                                observation,
                                Math.min(1, exponent.value + exponent.spread),
                                efficiency.value)
                            / seconds(
                                observation,
                                Math.max(0.03, exponent.value - exponent.spread),
                                efficiency.value))
                    / 2);
    double all =
        fit.layout().borrows(row.threads())
            ? StrictMath.hypot(
                parameters, ParameterLayout.BORROWED_STARTUP_SIGMA * startup(observation) / seconds)
            : parameters;
    return Optional.of(
        new Prediction(
            seconds,
            StrictMath.hypot(
                Math.max(LEAST_MODEL_SIGMA, fit.sigma()), Math.min(MOST_PARAMETER_SIGMA, all))));
  }

  private double startup(Observation observation) {
    return fit.parameters().startupSeconds().getOrDefault(observation.row().threads(), 0.0);
  }

  private double seconds(Observation observation, double inverseExponent, double efficiency) {
    return KernelParameters.seconds(
        observation,
        startup(observation),
        inverseExponent,
        efficiency,
        fit.parameters().writeBandwidthFraction());
  }

  private Guess efficiency(KernelRow row) {
    Map<String, Double> known = fit.parameters().computeEfficiency();
    if (known.containsKey(row.variant()) || !row.computes()) {
      return new Guess(known.getOrDefault(row.variant(), 1.0), 0);
    }
    EfficiencyGuess guess = EfficiencyGuess.of(row, known, fit.layout().intensities());
    return new Guess(guess.efficiency(), guess.logSpread());
  }

  private Guess inverseExponent(KernelRow row) {
    Map<String, Double> known = fit.parameters().inverseExponent();
    if (known.containsKey(row.family())) {
      return new Guess(known.get(row.family()), 0);
    }
    if (known.isEmpty()) {
      return new Guess(INVERSE_EXPONENT_WITHOUT_RELATIVES, EXPONENT_SPREAD);
    }
    double[] others = known.values().stream().mapToDouble(Double::doubleValue).toArray();
    return new Guess(Quantiles.median(others), EXPONENT_SPREAD);
  }
}
