package dev.membound.model.published.fit;

import java.util.List;
import org.apache.commons.math3.fitting.leastsquares.LeastSquaresBuilder;
import org.apache.commons.math3.fitting.leastsquares.LevenbergMarquardtOptimizer;
import org.apache.commons.math3.fitting.leastsquares.MultivariateJacobianFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.LUDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;

/**
 * Robust least squares on log ratios: Levenberg-Marquardt, reweighted by Huber's function, with a
 * weak pull of every coordinate to its prior, which decides what the data leave open.
 */
final class RobustFit {
  /** Log ratios beyond it count linearly. */
  private static final double HUBER = 0.1;

  private static final double STEP = 1e-5;
  private static final int ROUNDS = 3;

  /** Enough to converge on laws of a few parameters: the weights settle in a few dozen rounds. */
  private static final int MOST_ROUNDS = 100;

  /** Share of the loss that a round must still gain. */
  private static final double SETTLED = 1e-9;

  private static final int MAX_ITERATIONS = 20;

  /** Log ratios of predicted to measured at a point. */
  @FunctionalInterface
  interface Model {
    double[] logRatios(double[] point);
  }

  /**
   * Where every coordinate is pulled to.
   *
   * @param pull residual that a distance of 1 costs
   */
  record Prior(double[] at, double[] pull) {}

  private RobustFit() {}

  /**
   * A good point after a few rounds from the prior: for models whose evaluation is dear.
   *
   * @param pull of each coordinate to the start: residual that a distance of 1 costs
   */
  static double[] of(Model model, double[] start, double[] pull) {
    Prior prior = new Prior(start, pull);
    double[] point = start;
    for (int round = 0; round < ROUNDS; round++) {
      point = round(model, prior, point, round == 0);
    }
    return point;
  }

  /** The point of least loss that is reached from any of {@code starts}. */
  static double[] least(Model model, Prior prior, List<double[]> starts) {
    double[] best = null;
    double least = Double.POSITIVE_INFINITY;
    for (double[] start : starts) {
      double[] point = settled(model, prior, start);
      double loss = loss(model, prior, point);
      if (loss < least) {
        least = loss;
        best = point;
      }
    }
    return best;
  }

  private static double[] settled(Model model, Prior prior, double[] start) {
    double[] point = start;
    double loss = loss(model, prior, point);
    for (int round = 0; round < MOST_ROUNDS; round++) {
      double[] next = round(model, prior, point, false);
      double lower = loss(model, prior, next);
      if (!(lower < loss)) {
        return point;
      }
      boolean done = loss - lower < SETTLED * loss;
      point = next;
      loss = lower;
      if (done) {
        return point;
      }
    }
    return point;
  }

  /** The optimum of least squares under weights that are those of the rows at {@code point}. */
  private static double[] round(Model model, Prior prior, double[] point, boolean equalWeights) {
    double[] weights = model.logRatios(point);
    for (int i = 0; i < weights.length; i++) {
      weights[i] =
          equalWeights ? 1 : Math.sqrt(Math.min(1, HUBER / Math.max(Math.abs(weights[i]), 1e-300)));
    }
    return optimum(model, weights, prior, point);
  }

  /** Huber's loss of a point, with the pull to the prior. */
  static double loss(Model model, Prior prior, double[] point) {
    double sum = 0;
    for (int c = 0; c < point.length; c++) {
      double distance = prior.pull()[c] * (point[c] - prior.at()[c]);
      sum += distance * distance / 2;
    }
    for (double ratio : model.logRatios(point)) {
      double size = Math.abs(ratio);
      sum += size <= HUBER ? size * size / 2 : HUBER * (size - HUBER / 2);
    }
    return sum;
  }

  /**
   * How much of each coordinate the prior decides: its pull over all that is known about it, 0 to
   * 1, with what is known of the others taken into account.
   */
  static double[] priorShares(Model model, double[] point, double[] pull) {
    double[] at = model.logRatios(point);
    RealMatrix jacobian = new Array2DRowRealMatrix(at.length, point.length);
    for (int c = 0; c < point.length; c++) {
      double[] moved = point.clone();
      moved[c] += STEP;
      double[] ratios = model.logRatios(moved);
      for (int r = 0; r < at.length; r++) {
        jacobian.setEntry(r, c, (ratios[r] - at[r]) / STEP);
      }
    }
    RealMatrix information = jacobian.transpose().multiply(jacobian);
    for (int c = 0; c < point.length; c++) {
      information.addToEntry(c, c, pull[c] * pull[c]);
    }
    RealMatrix inverse = new LUDecomposition(information, 0).getSolver().getInverse();
    double[] shares = new double[point.length];
    for (int c = 0; c < point.length; c++) {
      shares[c] = pull[c] * pull[c] * inverse.getEntry(c, c);
    }
    return shares;
  }

  private static double[] optimum(Model model, double[] weights, Prior prior, double[] start) {
    int rows = weights.length;
    MultivariateJacobianFunction problem =
        vector -> {
          double[] point = vector.toArray();
          double[] at = residuals(model, weights, prior, point);
          RealMatrix jacobian = new Array2DRowRealMatrix(at.length, point.length);
          for (int c = 0; c < point.length; c++) {
            double kept = point[c];
            point[c] = kept + STEP;
            double[] moved = residuals(model, weights, prior, point);
            point[c] = kept;
            for (int r = 0; r < at.length; r++) {
              jacobian.setEntry(r, c, (moved[r] - at[r]) / STEP);
            }
          }
          return new Pair<RealVector, RealMatrix>(new ArrayRealVector(at, false), jacobian);
        };
    return new LevenbergMarquardtOptimizer()
        .withCostRelativeTolerance(1e-6)
        .withParameterRelativeTolerance(1e-6)
        .optimize(
            new LeastSquaresBuilder()
                .model(problem)
                .target(new double[rows + prior.at().length])
                .start(start)
                .lazyEvaluation(false)
                .maxEvaluations(Integer.MAX_VALUE)
                .maxIterations(Integer.MAX_VALUE)
                .checker((iteration, previous, current) -> iteration >= MAX_ITERATIONS)
                .build())
        .getPoint()
        .toArray();
  }

  private static double[] residuals(Model model, double[] weights, Prior prior, double[] point) {
    double[] ratios = model.logRatios(point);
    double[] all = new double[ratios.length + prior.at().length];
    for (int i = 0; i < ratios.length; i++) {
      all[i] = weights[i] * ratios[i];
    }
    for (int c = 0; c < prior.at().length; c++) {
      all[ratios.length + c] = prior.pull()[c] * (point[c] - prior.at()[c]);
    }
    return all;
  }
}
