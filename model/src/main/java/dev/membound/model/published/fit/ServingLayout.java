package dev.membound.model.published.fit;

import dev.membound.model.published.ServingEngine;
import dev.membound.model.published.ServingLatency;
import java.util.Arrays;
import java.util.List;

/**
 * Where each parameter of a serving fit stands in the optimiser's vector: those of the hardware,
 * one step overhead, one request overhead an engine, one prompt share a version of an engine.
 *
 * @param prior what the catalogue says; the data decide where they can
 */
record ServingLayout(HardwareParameters prior, List<String> engines, List<ServingEngine> versions) {
  private static final int EFFICIENCIES = 1;
  private static final int STEP = 7;
  private static final int FIRST_ENGINE = 8;

  private static final double WEAK = 0.05;

  /**
   * Serving rows tell only the product of how fast prompts are computed and how many are: what
   * matrix products reach is known better from elsewhere.
   */
  private static final double FIRM = 0.3;

  /** What an engine is like of which no row was seen. */
  private static final EngineParameters ENGINE = new EngineParameters(5e-4, 2e-5, 0.9);

  static ServingLayout of(HardwareParameters prior, List<ServingLatency> rows) {
    return new ServingLayout(
        prior,
        rows.stream().map(row -> row.engine().name()).distinct().toList(),
        rows.stream().map(ServingLatency::engine).distinct().toList());
  }

  double[] start() {
    double[] start = new double[FIRST_ENGINE + engines.size() + versions.size()];
    start[0] = Coordinate.SHARE.of(prior.streamingEfficiency());
    start[EFFICIENCIES] = Coordinate.SHARE.of(prior.decodeEfficiency());
    start[2] = Coordinate.SHARE.of(prior.prefillEfficiency());
    start[3] = Coordinate.SHARE.of(prior.attentionEfficiency());
    start[4] = Coordinate.POSITIVE.of(prior.startupSeconds());
    start[5] = Coordinate.POSITIVE.of(prior.linkLatencyFactor());
    start[6] = Coordinate.SHARE.of(prior.linkEfficiency());
    start[STEP] = Coordinate.POSITIVE.of(ENGINE.stepSeconds());
    Arrays.fill(
        start,
        FIRST_ENGINE,
        FIRST_ENGINE + engines.size(),
        Coordinate.POSITIVE.of(ENGINE.requestSeconds()));
    Arrays.fill(
        start,
        FIRST_ENGINE + engines.size(),
        start.length,
        Coordinate.SHARE.of(ENGINE.promptShare()));
    return start;
  }

  /** How firmly each coordinate is held where it starts, see {@link RobustFit}. */
  double[] pull() {
    double[] pull = new double[start().length];
    Arrays.fill(pull, WEAK);
    Arrays.fill(pull, EFFICIENCIES, EFFICIENCIES + 2, FIRM);
    Arrays.fill(pull, FIRST_ENGINE + engines.size(), pull.length, FIRM / 2);
    return pull;
  }

  HardwareParameters hardware(double[] point) {
    return new HardwareParameters(
        Coordinate.SHARE.value(point[0]),
        Coordinate.SHARE.value(point[1]),
        Coordinate.SHARE.value(point[2]),
        prior.expertShare(),
        Coordinate.SHARE.value(point[3]),
        Coordinate.POSITIVE.value(point[4]),
        Coordinate.POSITIVE.value(point[5]),
        Coordinate.SHARE.value(point[6]),
        1);
  }

  EngineParameters engine(double[] point, ServingEngine engine) {
    int name = engines.indexOf(engine.name());
    int version = versions.indexOf(engine);
    return new EngineParameters(
        Coordinate.POSITIVE.value(point[STEP]),
        name < 0 ? ENGINE.requestSeconds() : Coordinate.POSITIVE.value(point[FIRST_ENGINE + name]),
        version < 0
            ? ENGINE.promptShare()
            : Coordinate.SHARE.value(point[FIRST_ENGINE + engines.size() + version]));
  }
}
