package dev.membound.model.published.fit;

import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingThroughput;

/** The fit to all published latencies of serving, asked about systems that it has not seen. */
public final class DefaultCalibration {
  /** A system that never waits computes every prompt while it serves. */
  private static final double ALL_PROMPTS = 1;

  private final ServingFit fit;

  /** Of a fit. */
  public DefaultCalibration(ServingFit fit) {
    this.fit = fit;
  }

  /**
   * Output tokens a second of a system that never waits for requests.
   *
   * @param clockShare that a power limit leaves, see {@link PowerLimit}
   */
  public double tokensPerSecond(ServingThroughput row, ServingEngine engine, double clockShare) {
    ServingWork work = ServingWork.of(row);
    EngineParameters known = fit.engine(engine);
    EngineParameters busy =
        new EngineParameters(known.stepSeconds(), known.requestSeconds(), ALL_PROMPTS);
    double seconds = work.secondsPerToken(fit.hardware().withClockShare(clockShare), busy);
    return row.copies() * work.batch() / seconds;
  }
}
