package dev.membound.model.published.fit;

import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingThroughput;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.solvers.BrentSolver;

/** The fit to all published latencies of serving, asked about systems that it has not seen. */
public final class DefaultCalibration {
  /** A system that never waits computes every prompt while it serves. */
  private static final double ALL_PROMPTS = 1;

  private static final double LEAST_SHARE = 0.01;
  private static final int MOST_STEPS = 100;

  private final ServingFit fit;
  private final double expertShare;

  private DefaultCalibration(ServingFit fit, double expertShare) {
    this.fit = fit;
    this.expertShare = expertShare;
  }

  /** Of a fit to dense models. */
  public static DefaultCalibration of(ServingFit fit) {
    return new DefaultCalibration(fit, 1);
  }

  /**
   * The same with the share of the matrix efficiency that experts reach, which no dense model can
   * tell, from one throughput of a mixture of experts; 1 where even that is too slow.
   */
  public DefaultCalibration withExpertsOf(ServingThroughput row) {
    DoubleUnaryOperator excess =
        share ->
            StrictMath.log(
                new DefaultCalibration(fit, share).tokensPerSecond(row) / row.tokensPerSecond());
    OptionalDouble share =
        excess.applyAsDouble(1) <= 0 || excess.applyAsDouble(LEAST_SHARE) >= 0
            ? OptionalDouble.empty()
            : OptionalDouble.of(
                new BrentSolver(1e-9).solve(MOST_STEPS, excess::applyAsDouble, LEAST_SHARE, 1));
    return new DefaultCalibration(fit, share.orElse(1));
  }

  /** Share of the matrix efficiency that experts reach. */
  public double expertShare() {
    return expertShare;
  }

  /** Output tokens a second of a system that never waits, under its power limit. */
  public double tokensPerSecond(ServingThroughput row) {
    return serve(row).tokensPerSecond();
  }

  /** A system that never waits, under its power limit: one cap on power for time and energy. */
  public CappedServing serve(ServingThroughput row) {
    ServingWork work = ServingWork.of(row);
    EngineParameters known = fit.engine(new ServingEngine(row.engine(), "any"));
    EngineParameters busy =
        new EngineParameters(known.stepSeconds(), known.requestSeconds(), ALL_PROMPTS);
    HardwareParameters hardware = fit.hardware().withExpertShare(expertShare);
    return CappedServing.of(
        row,
        work,
        expertShare,
        clock -> work.secondsPerToken(hardware.withClockShare(clock), busy));
  }
}
