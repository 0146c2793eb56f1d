package dev.membound.model.calibrate;

import dev.membound.model.statistics.Quantiles;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresOptimizer.Optimum;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * A robust fit of the kernels' equations to observations: Levenberg-Marquardt on log residuals,
 * reweighted by Huber's function until the outliers have lost their pull, from several starts of
 * which the one with the least loss counts.
 *
 * @param parameters fitted
 * @param coordinates the optimiser's vector, a warm start for a refit
 * @param sigma robust standard deviation of the log residuals
 * @param covariance of the coordinates, scaled by {@code sigma}
 */
record KernelFit(
    ParameterLayout layout,
    KernelParameters parameters,
    double[] coordinates,
    double sigma,
    RealMatrix covariance) {

  private static final double HUBER = 1.345;
  private static final double LEAST_SIGMA = 0.01;
  private static final int MAX_ITERATIONS = 60;

  /** Keeps the information invertible where a bound leaves a coordinate without influence. */
  private static final double RIDGE = 1e-8;

  /** Inverse exponents, and shares of the time that is compute, to start from. */
  private static final double[][] STARTS = {{0.3, 0.6}, {0.8, 0.4}, {0.08, 0.9}};

  /** Fits all forks of the rows, from cold starts that depend on nothing but these rows. */
  static KernelFit of(List<KernelRow> rows) {
    ParameterLayout layout = new ParameterLayout(rows);
    List<Observation> observations = rows.stream().flatMap(r -> r.observations().stream()).toList();
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double[] start : STARTS) {
      double[] reached =
          reweighted(layout, observations, start(layout, observations, start[0], start[1]), 4);
      double loss = loss(residuals(layout, observations, reached), observations);
      if (loss < least) {
        least = loss;
        best = reached;
      }
    }
    double[] residuals = residuals(layout, observations, best);
    double sigma = Math.max(LEAST_SIGMA, Quantiles.robustSigma(residuals));
    return new KernelFit(
        layout,
        layout.parameters(best),
        best,
        sigma,
        covariance(layout, observations, best, residuals, sigma));
  }

  /** The parameters that a resampled set of observations of the same rows gives. */
  KernelParameters refit(List<Observation> resampled) {
    double[] warm = coordinates.clone();
    for (int i : layout.startups().values()) {
      // The derivative vanishes at zero: a replicate must be able to leave it.
      warm[i] = Math.max(0.1, Math.abs(warm[i]));
    }
    return layout.parameters(reweighted(layout, resampled, warm, 2));
  }

  /** Standard deviation of the log of a prediction that comes from the parameters alone. */
  double logSigmaOfParameters(Observation observation) {
    RealVector gradient =
        new LogTimeResiduals(layout, List.of(observation), new double[] {1})
            .value(new ArrayRealVector(coordinates, false))
            .getSecond()
            .getRowVector(0);
    return Math.sqrt(Math.max(0, gradient.dotProduct(covariance.operate(gradient))));
  }

  private static double[] start(
      ParameterLayout layout,
      List<Observation> observations,
      double inverseExponent,
      double computeShare) {
    double[] start = new double[layout.size()];
    for (int i : layout.startups().values()) {
      start[i] = 0.3;
    }
    for (int i : layout.exponents().values()) {
      start[i] = ParameterLayout.INVERSE_EXPONENT.coordinate(inverseExponent);
    }
    for (Map.Entry<String, Integer> entry : layout.efficiencies().entrySet()) {
      double[] logEfficiencies =
          observations.stream()
              .filter(o -> o.row().computes() && o.row().variant().equals(entry.getKey()))
              .mapToDouble(
                  o -> StrictMath.log(o.computeSecondsAtPeak() / (computeShare * o.seconds())))
              .toArray();
      // In the best case of the variant memory holds it up least.
      start[entry.getValue()] =
          layout.logEfficiencyBounds(entry.getKey()).coordinate(Quantiles.of(logEfficiencies, 0.9));
    }
    if (layout.hasWriteFraction()) {
      start[layout.writeFractionIndex()] =
          layout.logWriteFractionBounds().coordinate(StrictMath.log(0.6));
    }
    return start;
  }

  private static double[] reweighted(
      ParameterLayout layout, List<Observation> observations, double[] start, int rounds) {
    double[] weights = forkWeights(observations);
    double[] point = start;
    for (int round = 0; round < rounds; round++) {
      point = optimum(new LogTimeResiduals(layout, observations, weights), point);
      double[] residuals = residuals(layout, observations, point);
      weights = huberWeights(observations, residuals);
    }
    return point;
  }

  private static double[] optimum(LogTimeResiduals problem, double[] start) {
    Optimum optimum =
        new LevenbergMarquardtOptimizer()
            .withCostRelativeTolerance(1e-9)
            .withParameterRelativeTolerance(1e-9)
            .optimize(
                new LeastSquaresBuilder()
                    .model(problem)
                    .target(new double[problem.size()])
                    .start(start)
                    .lazyEvaluation(false)
                    .maxEvaluations(Integer.MAX_VALUE)
                    .maxIterations(Integer.MAX_VALUE)
                    // Where the data is silent a valley has no end; its point so far will do.
                    .checker((iteration, previous, current) -> iteration >= MAX_ITERATIONS)
                    .build());
    return optimum.getPoint().toArray();
  }

  /** Square roots of weights that let every measurement count once, however many forks it has. */
  private static double[] forkWeights(List<Observation> observations) {
    return observations.stream().mapToDouble(o -> Math.sqrt(1.0 / o.row().forks())).toArray();
  }

  private static double[] huberWeights(List<Observation> observations, double[] residuals) {
    double limit = HUBER * Math.max(LEAST_SIGMA, Quantiles.robustSigma(residuals));
    double[] weights = forkWeights(observations);
    for (int i = 0; i < weights.length; i++) {
      weights[i] *= Math.sqrt(Math.min(1, limit / Math.abs(residuals[i])));
    }
    return weights;
  }

  private static RealMatrix covariance(
      ParameterLayout layout,
      List<Observation> observations,
      double[] point,
      double[] residuals,
      double sigma) {
    LogTimeResiduals problem =
        new LogTimeResiduals(layout, observations, huberWeights(observations, residuals));
    RealMatrix jacobian = problem.value(new ArrayRealVector(point, false)).getSecond();
    RealMatrix information =
        jacobian
            .transpose()
            .multiply(jacobian)
            .add(MatrixUtils.createRealIdentityMatrix(layout.size()).scalarMultiply(RIDGE));
    return new LUDecomposition(information).getSolver().getInverse().scalarMultiply(sigma * sigma);
  }

  private static double loss(double[] residuals, List<Observation> observations) {
    double limit = 0.1;
    double loss = 0;
    for (int i = 0; i < residuals.length; i++) {
      double r = Math.abs(residuals[i]);
      double huber = r <= limit ? r * r / 2 : limit * (r - limit / 2);
      loss += huber / observations.get(i).row().forks();
    }
    return loss;
  }

  private static double[] residuals(
      ParameterLayout layout, List<Observation> observations, double[] point) {
    double[] ones = new double[observations.size()];
    Arrays.fill(ones, 1);
    double[] all =
        new LogTimeResiduals(layout, observations, ones)
            .value(new ArrayRealVector(point, false))
            .getFirst()
            .toArray();
    return Arrays.copyOf(all, observations.size());
  }
}
