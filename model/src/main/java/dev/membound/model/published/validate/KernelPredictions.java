package dev.membound.model.published.validate;

import dev.membound.model.published.KernelTiming;
import dev.membound.model.published.Uncovered;
import dev.membound.model.published.fit.KernelValidation;
import dev.membound.model.published.fit.KernelValidation.LeftOut;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Kernels, each predicted without its shape. */
final class KernelPredictions {
  private KernelPredictions() {}

  /** Every row goes to {@code predictions} or, with the reason, to {@code uncovered}. */
  static void of(
      List<KernelTiming> rows, List<PublishedPrediction> predictions, List<Uncovered> uncovered) {
    List<LeftOut> leftOut = KernelValidation.leaveOneShapeOut(rows);
    leftOut.forEach(out -> predictions.add(prediction(out)));
    Set<KernelTiming> predicted = leftOut.stream().map(LeftOut::row).collect(Collectors.toSet());
    rows.stream()
        .filter(row -> !predicted.contains(row))
        .forEach(row -> uncovered.add(withoutOtherShapes(row)));
  }

  private static PublishedPrediction prediction(LeftOut out) {
    KernelTiming row = out.row();
    return new PublishedPrediction(
        row.id(),
        row.source(),
        row.kernel().key() + ", " + row.device(),
        shape(row),
        "s",
        row.seconds(),
        out.predictedSeconds(),
        out.lowSeconds(),
        out.highSeconds(),
        PublishedPrediction.Basis.SHAPE_LEFT_OUT,
        out.computeBound() ? "compute" : "memory");
  }

  private static Uncovered withoutOtherShapes(KernelTiming row) {
    return new Uncovered(
        row.id(),
        row.source(),
        row.device(),
        "",
        "time of " + row.kernel().key() + ", " + shape(row),
        Double.toString(row.seconds()),
        "s",
        "no other shape of this kernel is published on this device, to fit it without this one");
  }

  private static String shape(KernelTiming row) {
    return "%d/%d heads, batch %d, context %d%s"
        .formatted(
            row.queryHeads(),
            row.kvHeads(),
            row.batch(),
            row.contextTokens(),
            row.newTokens() == 1 ? "" : ", " + row.newTokens() + " new");
  }
}
