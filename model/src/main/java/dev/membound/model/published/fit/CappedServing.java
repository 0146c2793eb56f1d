package dev.membound.model.published.fit;

import dev.membound.model.energy.EnergyFacts;
import dev.membound.model.energy.PowerCap;
import dev.membound.model.published.PowerReading;
import dev.membound.model.published.ServingThroughput;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.statistics.Quantiles;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;

/** A system that serves without waiting under a limit of power: its rate, power and energy. */
public final class CappedServing {
  private final ServingThroughput row;
  private final ServingWork work;
  private final double expertShare;
  private final PowerCap.State state;

  private CappedServing(
      ServingThroughput row, ServingWork work, double expertShare, PowerCap.State state) {
    this.row = row;
    this.work = work;
    this.expertShare = expertShare;
    this.state = state;
  }

  /**
   * The fastest state under the limit of {@code row}.
   *
   * @param expertShare share of the efficiency of dense products that routed experts reach
   * @param secondsAtClock time of a step at a share of the clock
   */
  static CappedServing of(
      ServingThroughput row,
      ServingWork work,
      double expertShare,
      DoubleUnaryOperator secondsAtClock) {
    StepEnergy energy = work.energy(EnergyFacts.standard(), Draw.best(), expertShare);
    return new CappedServing(
        row,
        work,
        expertShare,
        energy.fastest(capWatts(row), s -> secondsAtClock.applyAsDouble(PowerCap.clock(s))));
  }

  private static double capWatts(ServingThroughput row) {
    return row.powerLimitWatts() * row.devices();
  }

  /** Share of the clock that the limit leaves. */
  public double clock() {
    return state.clock();
  }

  /** Output tokens of all copies. */
  public double tokensPerSecond() {
    return row.copies() * work.batch() / state.seconds();
  }

  /** Best estimate of a reading of power or energy, in its unit. */
  public double value(PowerReading.Kind quantity) {
    return value(
        quantity, work.energy(EnergyFacts.standard(), Draw.best(), expertShare), state.seconds());
  }

  /**
   * Ends of the 90 % interval of a reading: time and facts about energy are drawn together.
   *
   * @param time band of the measured over the predicted time
   */
  public ErrorBand band(PowerReading.Kind quantity, ErrorBand time) {
    double best = state.seconds();
    Quantity seconds =
        new Quantity(
            best,
            "s",
            best * Math.min(1, time.lowRatio()),
            best * Math.max(1, time.highRatio()),
            Provenance.FITTED,
            "the fit to published latencies");
    double[] values =
        IntStream.range(0, Simulator.DEFAULT_DRAWS)
            .mapToDouble(i -> drawn(quantity, Draw.sample(Simulator.DEFAULT_SEED, i), seconds))
            .toArray();
    double value = value(quantity);
    return new ErrorBand(
        Math.min(1, Quantiles.of(values, 0.05) / value),
        Math.max(1, Quantiles.of(values, 0.95) / value));
  }

  private double drawn(PowerReading.Kind quantity, Draw draw, Quantity seconds) {
    StepEnergy energy = work.energy(EnergyFacts.standard(), draw, expertShare);
    return value(quantity, energy, energy.seconds(capWatts(row), state.clock(), draw.of(seconds)));
  }

  private double value(PowerReading.Kind quantity, StepEnergy energy, double seconds) {
    double wall = energy.wallJoules(state.clock(), seconds);
    double devices = energy.deviceJoules(state.clock(), seconds);
    return switch (quantity) {
      case SYSTEM_POWER -> row.copies() * wall / seconds;
      case DEVICE_POWER -> row.copies() * devices / seconds;
      case ENERGY_PER_OUTPUT_TOKEN -> wall / work.batch();
      case TOKENS_PER_JOULE -> work.batch() / devices;
    };
  }
}
