package dev.membound.model.published.fit;

/** How an optimiser without bounds sees a bounded parameter. */
enum Coordinate {
  /** Above 0: its logarithm. */
  POSITIVE {
    @Override
    double of(double value) {
      return StrictMath.log(value);
    }

    @Override
    double value(double coordinate) {
      return StrictMath.exp(coordinate);
    }
  },
  /** Between 0 and 1: the logarithm of its odds. */
  SHARE {
    @Override
    double of(double value) {
      return StrictMath.log(value / (1 - value));
    }

    @Override
    double value(double coordinate) {
      return 1 / (1 + StrictMath.exp(-coordinate));
    }
  };

  abstract double of(double value);

  abstract double value(double coordinate);
}
