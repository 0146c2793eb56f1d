package dev.membound.model.calibrate;

import java.util.List;
import org.apache.commons.math3.fitting.leastsquares.MultivariateJacobianFunction;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;
import org.apache.commons.math3.util.Pair;

/**
 * Weighted residuals log(predicted / measured) of the call times and their derivatives, followed by
 * one weak prior residual for each efficiency and exponent: worth about a sixth of a measurement,
 * it only decides where the data is silent.
 */
final class LogTimeResiduals implements MultivariateJacobianFunction {
  private static final double PRIOR_WEIGHT = 0.02;
  private static final double PRIOR_LOG_EFFICIENCY = StrictMath.log(0.3);
  private static final double PRIOR_LOG_EFFICIENCY_SIGMA = 2;
  private static final double PRIOR_INVERSE_EXPONENT = 0.4;
  private static final double PRIOR_INVERSE_EXPONENT_SIGMA = 0.4;

  private final ParameterLayout layout;
  private final List<Observation> observations;
  private final double[] squareRootWeights;
  private final int[] startupIndex;
  private final int[] exponentIndex;
  private final int[] efficiencyIndex;
  private final double[] startupScale;
  private final double[] startupOffset;
  private final Bounded[] efficiencyBounds;

  LogTimeResiduals(
      ParameterLayout layout, List<Observation> observations, double[] squareRootWeights) {
    this.layout = layout;
    this.observations = observations;
    this.squareRootWeights = squareRootWeights;
    int count = observations.size();
    startupIndex = new int[count];
    exponentIndex = new int[count];
    efficiencyIndex = new int[count];
    startupScale = new double[count];
    startupOffset = new double[count];
    efficiencyBounds = new Bounded[count];
    for (int i = 0; i < count; i++) {
      KernelRow row = observations.get(i).row();
      startupIndex[i] = layout.startups().get(row.threads());
      startupScale[i] = layout.startupScale(row.threads());
      startupOffset[i] = layout.startupOffset(row.threads());
      if (row.computes()) {
        exponentIndex[i] = layout.exponents().get(row.family());
        efficiencyIndex[i] = layout.efficiencies().get(row.variant());
        efficiencyBounds[i] = layout.logEfficiencyBounds(row.variant());
      }
    }
  }

  int size() {
    return observations.size() + layout.exponents().size() + layout.efficiencies().size();
  }

  @Override
  public Pair<RealVector, RealMatrix> value(RealVector point) {
    double[] x = point.toArray();
    double[] residuals = new double[size()];
    double[][] jacobian = new double[size()][x.length];
    for (int i = 0; i < observations.size(); i++) {
      double seconds = gradientOfLogSeconds(i, x, jacobian[i]);
      residuals[i] = squareRootWeights[i] * StrictMath.log(seconds / observations.get(i).seconds());
      for (int j = 0; j < x.length; j++) {
        jacobian[i][j] *= squareRootWeights[i];
      }
    }
    int next = observations.size();
    for (int j : layout.exponents().values()) {
      double weight = PRIOR_WEIGHT / PRIOR_INVERSE_EXPONENT_SIGMA;
      residuals[next] =
          weight * (ParameterLayout.INVERSE_EXPONENT.value(x[j]) - PRIOR_INVERSE_EXPONENT);
      jacobian[next++][j] = weight * ParameterLayout.INVERSE_EXPONENT.derivative(x[j]);
    }
    for (var entry : layout.efficiencies().entrySet()) {
      int j = entry.getValue();
      Bounded bounds = layout.logEfficiencyBounds(entry.getKey());
      double weight = PRIOR_WEIGHT / PRIOR_LOG_EFFICIENCY_SIGMA;
      residuals[next] = weight * (bounds.value(x[j]) - PRIOR_LOG_EFFICIENCY);
      jacobian[next++][j] = weight * bounds.derivative(x[j]);
    }
    return Pair.create(
        new ArrayRealVector(residuals, false), new Array2DRowRealMatrix(jacobian, false));
  }

  /** Returns the seconds, and fills the gradient of their logarithm. */
  private double gradientOfLogSeconds(int i, double[] x, double[] gradient) {
    Observation observation = observations.get(i);
    KernelRow row = observation.row();
    double root = x[startupIndex[i]];
    double startup = startupScale[i] * root * root + startupOffset[i];
    double written = observation.writeSecondsAtReadBandwidth();
    double writing =
        layout.hasWriteFraction()
            ? written
                / StrictMath.exp(
                    layout.logWriteFractionBounds().value(x[layout.writeFractionIndex()]))
            : written;
    double memory = observation.readSeconds() + writing;
    double overlapped = memory;
    double memoryShare = 1;
    if (row.computes()) {
      double efficiency = StrictMath.exp(efficiencyBounds[i].value(x[efficiencyIndex[i]]));
      double compute = observation.computeSecondsAtPeak() / efficiency;
      double inverse = ParameterLayout.INVERSE_EXPONENT.value(x[exponentIndex[i]]);
      double longer = Math.max(memory, compute);
      double logMemory = StrictMath.log(memory / longer);
      double logCompute = StrictMath.log(compute / longer);
      double memoryPower = StrictMath.exp(logMemory / inverse);
      double computePower = StrictMath.exp(logCompute / inverse);
      double sum = memoryPower + computePower;
      overlapped = longer * StrictMath.pow(sum, inverse);
      memoryShare = memoryPower / sum;
      double share = overlapped / (startup + overlapped);
      gradient[efficiencyIndex[i]] =
          -share * (1 - memoryShare) * efficiencyBounds[i].derivative(x[efficiencyIndex[i]]);
      // d log((m^p + c^p)^(1/p)) / d(1/p): entropy-like, zero where one of the two vanishes
      double byInverse =
          StrictMath.log(sum)
              - (memoryShare * logMemory + (1 - memoryShare) * logCompute) / inverse;
      gradient[exponentIndex[i]] =
          share * byInverse * ParameterLayout.INVERSE_EXPONENT.derivative(x[exponentIndex[i]]);
    }
    double seconds = startup + overlapped;
    gradient[startupIndex[i]] = 2 * startupScale[i] * root / seconds;
    if (layout.hasWriteFraction()) {
      int j = layout.writeFractionIndex();
      gradient[j] =
          -overlapped
              / seconds
              * memoryShare
              * (writing / memory)
              * layout.logWriteFractionBounds().derivative(x[j]);
    }
    return seconds;
  }
}
