package dev.membound.model.calibrate;

import dev.membound.model.statistics.Quantiles;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Predicts a kernel's call from a fit that may never have seen the kernel. What the fit cannot know
 * of it comes from its relatives, with their spread as uncertainty: the compute efficiency of an
 * unseen {@code kernel/format/layout} is the median of those of its family (of all kernels, if the
 * family has fewer than two), the exponent of an unseen family the median of the others.
 */
final class KernelPredictor {
  /** Relatives needed before a family speaks for its missing member. */
  private static final int LEAST_RELATIVES = 2;

  private static final double LEAST_LOG_SPREAD = 0.25;

  /** Even where the parameters are sure, equations this simple are not right to better. */
  private static final double LEAST_MODEL_SIGMA = 0.1;

  /** Relatives that differ wildly tell less about the missing one, but not nothing. */
  private static final double MOST_PARAMETER_SIGMA = 0.5;

  private static final double LOG_SPREAD_WITHOUT_RELATIVES = 1;
  private static final double EFFICIENCY_WITHOUT_RELATIVES = 0.3;
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
    return Optional.of(
        new Prediction(
            seconds,
            StrictMath.hypot(
                Math.max(LEAST_MODEL_SIGMA, fit.sigma()),
                Math.min(MOST_PARAMETER_SIGMA, parameters))));
  }

  private double seconds(Observation observation, double inverseExponent, double efficiency) {
    KernelParameters p = fit.parameters();
    double startup = p.startupSeconds().getOrDefault(observation.row().threads(), 0.0);
    return KernelParameters.seconds(
        observation, startup, inverseExponent, efficiency, p.writeBandwidthFraction());
  }

  private Guess efficiency(KernelRow row) {
    Map<String, Double> known = fit.parameters().computeEfficiency();
    if (known.containsKey(row.variant()) || !row.computes()) {
      return new Guess(known.getOrDefault(row.variant(), 1.0), 0);
    }
    List<Double> relatives = new ArrayList<>();
    known.forEach(
        (variant, efficiency) -> {
          if (variant.startsWith(row.family() + "/")) {
            relatives.add(StrictMath.log(efficiency));
          }
        });
    if (relatives.size() < LEAST_RELATIVES) {
      relatives.clear();
      known.values().forEach(efficiency -> relatives.add(StrictMath.log(efficiency)));
    }
    if (relatives.isEmpty()) {
      return new Guess(EFFICIENCY_WITHOUT_RELATIVES, LOG_SPREAD_WITHOUT_RELATIVES);
    }
    double[] logs = relatives.stream().mapToDouble(Double::doubleValue).toArray();
    double median = Quantiles.median(logs);
    double[] deviations = new double[logs.length];
    for (int i = 0; i < logs.length; i++) {
      deviations[i] = logs[i] - median;
    }
    double spread = Math.max(LEAST_LOG_SPREAD, Quantiles.robustSigma(deviations));
    return new Guess(
        StrictMath.exp(median),
        logs.length < LEAST_RELATIVES ? LOG_SPREAD_WITHOUT_RELATIVES : spread);
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
