package dev.membound.model.published.validate;

import dev.membound.model.published.KernelTiming;
import dev.membound.model.published.fit.KernelValidation;
import java.util.List;

/** Kernels, each predicted without its shape. */
final class KernelPredictions {
  private KernelPredictions() {}

  static List<PublishedPrediction> of(List<KernelTiming> rows) {
    return KernelValidation.leaveOneShapeOut(rows).stream()
        .map(
            out ->
                new PublishedPrediction(
                    out.row().id(),
                    out.row().source(),
                    out.row().kernel().key() + ", " + out.row().device(),
                    "%d/%d heads, batch %d, context %d%s"
                        .formatted(
                            out.row().queryHeads(),
                            out.row().kvHeads(),
                            out.row().batch(),
                            out.row().contextTokens(),
                            out.row().newTokens() == 1
                                ? ""
                                : ", " + out.row().newTokens() + " new"),
                    "s",
                    out.row().seconds(),
                    out.predictedSeconds(),
                    out.lowSeconds(),
                    out.highSeconds(),
                    PublishedPrediction.Basis.SHAPE_LEFT_OUT,
                    out.computeBound() ? "compute" : "memory"))
        .toList();
  }
}
