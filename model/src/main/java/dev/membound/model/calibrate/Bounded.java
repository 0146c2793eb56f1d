package dev.membound.model.calibrate;

/**
 * Maps an unbounded optimiser's coordinate to a parameter within bounds by a sine, so that an
 * optimum on a bound is reached exactly.
 */
record Bounded(double low, double high) {
  double value(double coordinate) {
    return low + (high - low) * (1 + StrictMath.sin(coordinate)) / 2;
  }

  double derivative(double coordinate) {
    return (high - low) * StrictMath.cos(coordinate) / 2;
  }

  /** A coordinate of the value, kept off the bounds, where the derivative vanishes. */
  double coordinate(double value) {
    double position = 2 * (value - low) / (high - low) - 1;
    return StrictMath.asin(Math.clamp(position, -0.98, 0.98));
  }
}
