package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.device.Profiles;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.simulate.NearMemorySteps.Comparison;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class NearMemoryStepsTest {
  private static final Simulator SIMULATOR = new Simulator(1, 200);

  /** The test CPU with a top-K kernel, its arithmetic too fast to matter. */
  private static ProfileFile profile() {
    ProfileFile p = Profiles.twoThreads();
    Quantity fast = Quantity.exact(100, "1", Provenance.FITTED, "too fast to matter");
    Map<String, Quantity> efficiency = new TreeMap<>(p.computeEfficiency());
    efficiency.put("topk/F16/SPARSE_STEP", fast);
    efficiency.put("attention/F16/PAGED", fast);
    return new ProfileFile(
        p.schemaVersion(),
        p.runId(),
        p.name(),
        p.cpuModel(),
        p.memoryBytes(),
        p.readBandwidth(),
        p.writeBandwidthFraction(),
        p.chunkCurve(),
        p.peakFlops(),
        p.startupSeconds(),
        p.overlapExponent(),
        efficiency,
        p.loadLatencySeconds(),
        p.modelErrorLogQuantiles(),
        p.notIdentifiable());
  }

  private static Measurement measured(
      String kernel, String layout, long context, int threads, Residency level, double seconds) {
    Map<String, Long> shape = new TreeMap<>();
    shape.put("queryHeads", 32L);
    shape.put("kvHeads", 8L);
    shape.put("headDim", 128L);
    shape.put("blockSize", 16L);
    shape.put("context", context);
    if (layout.equals("SPARSE_STEP")) {
      shape.put("budgetTokens", 2048L);
    }
    return new Measurement(
        kernel + "/" + layout + "/" + context + "/t" + threads,
        kernel,
        "F16",
        layout,
        shape,
        1,
        threads,
        level,
        1L << 30,
        Map.of(),
        0,
        List.of(),
        new Interval(seconds, seconds, seconds),
        null,
        null,
        null);
  }

  private static Measurement sparse(double seconds) {
    return measured("topk", "SPARSE_STEP", 65_536, 1, Residency.DRAM, seconds);
  }

  private static Measurement dense(String layout, long context, double seconds) {
    return measured("attention", layout, context, 1, Residency.DRAM, seconds);
  }

  @Test
  void theStepReadsItsDigestsAndItsPages() {
    Comparison c =
        NearMemorySteps.compare(
                SIMULATOR, profile(), List.of(sparse(2e-3), dense("PAGED", 32_768, 11.2e-3)))
            .getFirst();
    // Digests of 4096 pages stream at 12 GB/s; pages of 2048 tokens come in chunks at 0.7 of it.
    double digests = 4096 * 2.0 * 8 * 128 * 2 / 12e9;
    double pages = 2048 * 2.0 * 2 * 8 * 128 / (0.7 * 12e9);
    // All of 32,768 tokens stream.
    double all = 32_768 * 2.0 * 2 * 8 * 128 / 12e9;

    assertThat(c.sparse().predictedSeconds().median())
        .isCloseTo(digests + pages + 2e-6, withinPercentage(1));
    assertThat(c.dense().predictedSeconds().median()).isCloseTo(all + 1e-6, withinPercentage(1));
    assertThat(c.sparse().within()).isFalse();
    assertThat(c.dense().within()).isTrue();
    assertThat(c.measuredSpeedup()).isCloseTo(2 * 11.2 / 2, withinPercentage(1e-9));
    assertThat(c.predictedSpeedup().median())
        .isCloseTo(2 * all / (digests + pages), withinPercentage(1));
  }

  @Test
  void scatteredBlocksPayForTheirChunks() {
    Comparison streamed = only(dense("PAGED", 65_536, 1), dense("PAGED_SCATTERED", 65_536, 1));
    Comparison scattered = only(dense("PAGED_SCATTERED", 65_536, 1));

    assertThat(streamed.dense().id()).contains("PAGED/");
    assertThat(scattered.dense().predictedSeconds().median())
        .isCloseTo(streamed.dense().predictedSeconds().median() / 0.7, withinPercentage(1));
  }

  private static Comparison only(Measurement... dense) {
    List<Measurement> all = new java.util.ArrayList<>(List.of(dense));
    all.add(sparse(1e-3));
    List<Comparison> comparisons = NearMemorySteps.compare(SIMULATOR, profile(), all);
    assertThat(comparisons).hasSize(1);
    return comparisons.getFirst();
  }

  @Test
  void theNearestContextIsTheDenseStep() {
    assertThat(only(dense("PAGED", 4096, 1), dense("PAGED", 32_768, 1)).dense().contextTokens())
        .isEqualTo(32_768);
  }

  @Test
  void whatCannotBeComparedIsLeftOut() {
    Measurement cached = measured("topk", "SPARSE_STEP", 65_536, 1, Residency.L2, 1e-3);
    Measurement threads = measured("topk", "SPARSE_STEP", 65_536, 7, Residency.DRAM, 1e-3);
    Measurement peer = measured("attention", "GGML", 65_536, 1, Residency.DRAM, 1e-3);

    assertThat(
            NearMemorySteps.compare(
                SIMULATOR, profile(), List.of(cached, threads, dense("PAGED", 65_536, 1), peer)))
        .isEmpty();
    assertThat(NearMemorySteps.compare(SIMULATOR, profile(), List.of(sparse(1), peer))).isEmpty();
  }
}
