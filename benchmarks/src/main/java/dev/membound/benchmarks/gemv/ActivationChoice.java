package dev.membound.benchmarks.gemv;

import dev.membound.kernels.gemv.ActivationPath;
import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;

/** Which activation path a benchmark takes. */
public enum ActivationChoice {
  /** What the plan takes by itself. */
  DEFAULT,
  FLOAT,
  INT8;

  ActivationPath path(QuantType format, MatrixLayout layout, int batch) {
    return switch (this) {
      case DEFAULT -> Gemv.activationPaths(format, layout, batch).getFirst();
      case FLOAT -> ActivationPath.FLOAT;
      case INT8 -> ActivationPath.INT8;
    };
  }
}
