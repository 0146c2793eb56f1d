package dev.membound.model.published.fit;

import java.util.Arrays;
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
 * weak pull of every coordinate to where it started, which decides what the data leave open.
 */
final class RobustFit {
  /** Log ratios beyond it count linearly. */
  private static final double HUBER = 0.1;

  private static final double STEP = 1e-5;
  private static final int ROUNDS = 3;
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
  private record Prior(double[] at, double[] pull) {}

  private RobustFit() {}

  /**
   * The best point from one start.
   *
   * @param pull of each coordinate to the start: residual that a distance of 1 costs
   */
  static double[] of(Model model, double[] start, double[] pull) {
    double[] point = start.clone();
    double[] weights = new double[model.logRatios(start).length];
    Arrays.fill(weights, 1);
    for (int round = 0; round < ROUNDS; round++) {
      point = optimum(model, weights, new Prior(start, pull), point);
      double[] ratios = model.logRatios(point);
      for (int i = 0; i < ratios.length; i++) {
        weights[i] = Math.sqrt(Math.min(1, HUBER / Math.max(Math.abs(ratios[i]), 1e-300)));
      }
    }
    return point;
  }

  /** Huber's loss of a point, with the pull to the start. */
  static double loss(Model model, double[] start, double[] pull, double[] point) {
    double sum = 0;
    for (int c = 0; c < point.length; c++) {
      double distance = pull[c] * (point[c] - start[c]);
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
