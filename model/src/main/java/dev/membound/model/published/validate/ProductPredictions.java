package dev.membound.model.published.validate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.published.ProductTiming;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.OverlapLaw;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import java.util.List;
import java.util.stream.IntStream;

/** Lone matrix products by the law of time, from the catalogue alone. */
final class ProductPredictions {
  private ProductPredictions() {}

  static List<PublishedPrediction> of(List<ProductTiming> rows) {
    return rows.stream().map(ProductPredictions::prediction).toList();
  }

  private static PublishedPrediction prediction(ProductTiming row) {
    DeviceProfile device = DeviceCatalogue.find(row.device());
    double best = seconds(row, device, Draw.best());
    double[] drawn =
        IntStream.range(0, Simulator.DEFAULT_DRAWS)
            .mapToDouble(i -> seconds(row, device, Draw.sample(Simulator.DEFAULT_SEED, i)))
            .toArray();
    return new PublishedPrediction(
        row.id(),
        row.source(),
        "matrix products, " + row.device(),
        "%d x %d by %d x %d".formatted(row.rows(), row.inner(), row.inner(), row.columns()),
        "s",
        row.seconds(),
        best,
        Math.min(best, Quantiles.of(drawn, 0.05)),
        Math.max(best, Quantiles.of(drawn, 0.95)),
        PublishedPrediction.Basis.CATALOGUE,
        "");
  }

  private static double seconds(ProductTiming row, DeviceProfile device, Draw draw) {
    ComputeEngine engine = device.mainEngine();
    AccessPattern stream =
        new AccessPattern(
            Operator.STREAM, draw.of(engine.bytesInFlight()), AccessPattern.Direction.READ);
    double memory =
        row.bytes()
            / device.memory().model().bytesPerSecond(stream, draw)
            / Math.min(1, draw.of(engine.streamingEfficiency()));
    double share = Math.min(1, draw.of(engine.efficiency(Kernel.GEMM, row.format()).orElseThrow()));
    double compute = row.flops() / (share * draw.of(engine.peak(row.format())));
    double exponent = Math.max(1, draw.of(engine.overlapExponent().get(Kernel.GEMM)));
    return (draw.of(engine.startupSeconds()) + OverlapLaw.seconds(memory, compute, exponent))
        * draw.of(device.modelError());
  }
}
