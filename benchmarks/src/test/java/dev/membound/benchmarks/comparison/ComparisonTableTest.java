package dev.membound.benchmarks.comparison;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.benchmarks.comparison.Comparison.PeerKernel;
import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.Sample;
import dev.membound.model.statistics.MeasurementStatistics;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ComparisonTableTest {
  private static final int ROWS = 1000;
  private static final int COLS = 1024;
  private static final long WEIGHTS = (long) ROWS * COLS;
  private static final double ROOF_BYTES_PER_SECOND = 10e9;

  // Any two workloads with ids of their own will do as "ours" and "the peer".
  private final Workload ours = workload(MatrixLayout.PACKED);
  private final Workload peer = workload(MatrixLayout.FILE);
  private final Comparison comparison =
      new Comparison("F32", WEIGHTS, ours, List.of(new PeerKernel("a peer", peer)));

  @Test
  void ratioIsHowMuchFasterWeAre() {
    List<Object> row = onlyRow(measured(ours, 1e-3), measured(peer, 2e-3));
    assertThat((double) row.get(1)).isCloseTo(WEIGHTS / 1e-3 / 1e9, within(0.01));
    assertThat((double) row.get(4)).isCloseTo(WEIGHTS / 2e-3 / 1e9, within(0.01));
    assertThat((double) row.get(6)).isCloseTo(2, within(0.02));
    assertThat((double) row.get(7)).isBetween(1.9, 2.0);
    assertThat((double) row.get(8)).isBetween(2.0, 2.1);
  }

  /** Ours without its slow samples beside a peer with all of its own would be no fair ratio. */
  @Test
  void allSamplesOfBothCountWhereOneHasTooFewUndisturbedOnes() {
    Measurement half = disturbed(ours, 1e-3, 2, 3);
    assertThat((double) onlyRow(half, measured(peer, 2e-3)).get(6)).isCloseTo(2, within(0.05));

    Measurement all = disturbed(peer, 2e-3, 4, 1);
    assertThat((double) onlyRow(half, all).get(6)).isCloseTo(1, within(0.05));
  }

  @Test
  void shareOfTheRoofCountsEachOnesOwnBytes() {
    List<Object> row = onlyRow(measured(ours, 1e-3), measured(peer, 2e-3));
    double bytes = 4.0 * (WEIGHTS + ROWS + COLS);
    assertThat((double) row.get(2))
        .isCloseTo(100 * bytes / 1e-3 / ROOF_BYTES_PER_SECOND, within(0.5));
    assertThat((double) row.get(5))
        .isCloseTo(100 * bytes / 2e-3 / ROOF_BYTES_PER_SECOND, within(0.5));
  }

  @Test
  void peerWithoutOurCounterpartHasNoRatio() {
    Comparison alone =
        new Comparison("F32", WEIGHTS, null, List.of(new PeerKernel("a peer", peer)));
    List<Object> row = table(List.of(alone), measured(peer, 2e-3)).rows().getFirst();
    assertThat(row.get(1)).isNull();
    assertThat(row.get(6)).isNull();
    assertThat(row.get(4)).isNotNull();
  }

  @Test
  void whatIsNotMeasuredYetHasNoRow() {
    assertThat(table(List.of(comparison), measured(ours, 1e-3)).rows()).isEmpty();
  }

  @Test
  void aRefusedPeerHasNoRowButALine() {
    Measurement refused = measured(peer, 2e-3).withRefused("reaches 4.16 of the read bandwidth");
    MeasurementFile file = file(measured(ours, 1e-3), refused);

    assertThat(new ComparisonTable(file).of("test", "weights", List.of(comparison)).rows())
        .isEmpty();
    assertThat(new ComparisonTable(file).leftOut(List.of(comparison)))
        .containsExactly(
            "left out, refused: a peer, " + refused.id() + ": reaches 4.16 of the read bandwidth");
  }

  @Test
  void whereOursIsRefusedThePeerStandsAlone() {
    Measurement refused = measured(ours, 1e-3).withRefused("impossible");
    MeasurementFile file = file(refused, measured(peer, 2e-3));
    List<Object> row =
        new ComparisonTable(file).of("test", "weights", List.of(comparison)).rows().getFirst();

    assertThat(row.get(1)).isNull();
    assertThat(row.get(2)).isNull();
    assertThat(row.get(6)).isNull();
    assertThat(row.get(4)).isNotNull();
    assertThat(new ComparisonTable(file).leftOut(List.of(comparison)))
        .containsExactly("left out, refused: ours, " + refused.id() + ": impossible");
  }

  private List<Object> onlyRow(Measurement... measurements) {
    List<List<Object>> rows = table(List.of(comparison), measurements).rows();
    assertThat(rows).hasSize(1);
    return rows.getFirst();
  }

  private static DataTable table(List<Comparison> comparisons, Measurement... measurements) {
    return new ComparisonTable(file(measurements)).of("test", "weights", comparisons);
  }

  private static MeasurementFile file(Measurement... measurements) {
    return new MeasurementFile(RunFolder.SCHEMA_VERSION, "test", "quick", 1, List.of(measurements));
  }

  private static Workload workload(MatrixLayout layout) {
    return new GemvWorkload(QuantType.F32, layout, ROWS, COLS, 1, 1, Residency.DRAM, 1);
  }

  /** The same with the first samples of each fork disturbed and slower. */
  private static Measurement disturbed(
      Workload workload, double seconds, int ofEachFork, double factor) {
    return summarised(
        workload,
        samples(seconds).stream()
            .map(
                s ->
                    s.iteration() >= ofEachFork
                        ? s
                        : new Sample(
                            s.fork(),
                            s.iteration(),
                            factor * s.secondsPerCall(),
                            true,
                            0.5,
                            0.0,
                            0.0,
                            s.readCeilingBytesPerSecond()))
            .toList());
  }

  /** Three forks of four samples, within 1 % of a time. */
  private static Measurement measured(Workload workload, double seconds) {
    return summarised(workload, samples(seconds));
  }

  private static List<Sample> samples(double seconds) {
    List<Sample> samples = new ArrayList<>();
    for (int fork = 0; fork < 3; fork++) {
      for (int i = 0; i < 4; i++) {
        double jitter = 1 + 0.01 * ((fork + i) % 3 - 1);
        samples.add(
            new Sample(
                fork, i, seconds * jitter, false, 1.0, 0.0, 0.0, ROOF_BYTES_PER_SECOND * 1.0));
      }
    }
    return samples;
  }

  private static Measurement summarised(Workload workload, List<Sample> samples) {
    return MeasurementStatistics.summarise(
        new PlannedWorkload(workload, 1).measurement(samples), 1);
  }
}
