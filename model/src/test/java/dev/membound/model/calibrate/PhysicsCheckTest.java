package dev.membound.model.calibrate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PhysicsCheckTest {
  private final List<Measurement> sound = new SyntheticMachine(1).measure().measurements();

  @Test
  void acceptsAMachineThatObeys() {
    assertThat(PhysicsCheck.check(sound)).isEqualTo(sound);
  }

  @Test
  void refusesALevelThatReadsSlowerThanOneFartherAway() {
    List<Measurement> checked =
        PhysicsCheck.check(changed(isRead(Residency.L1, 1), m -> SyntheticMachine.slowed(m, 2)));

    assertThat(checked)
        .filteredOn(isRead(Residency.L1, 1))
        .singleElement()
        .satisfies(
            m ->
                assertThat(m.refused())
                    .contains("L1 reads at most 12")
                    .contains("from L2, farther away"));
    assertThat(checked).filteredOn(isRead(Residency.L2, 1)).allMatch(m -> m.refused() == null);
    assertThat(checked).filteredOn(isRead(Residency.L1, 2)).allMatch(m -> m.refused() == null);
  }

  @Test
  void aSlowProbeShapeIsNoContradictionWhereAnotherShapeIsFast() {
    List<Measurement> twoShapes =
        Stream.concat(
                sound.stream(),
                sound.stream()
                    .filter(isRead(Residency.L1, 1))
                    .map(m -> SyntheticMachine.slowed(m, 4)))
            .toList();

    assertThat(PhysicsCheck.check(twoShapes)).allMatch(m -> m.refused() == null);
  }

  @Test
  void refusesAKernelAboveTheReadCeilingOfItsLevelAndThreads() {
    Predicate<Measurement> kernel =
        m ->
            m.kernel().equals("topk")
                && m.format().equals("F16")
                && m.residency() == Residency.DRAM
                && m.threads() == 1;

    assertThat(PhysicsCheck.check(changed(kernel, m -> SyntheticMachine.slowed(m, 0.8))))
        .filteredOn(kernel)
        .allSatisfy(
            m -> assertThat(m.refused()).contains("from DRAM, above the best read there, 3"));
  }

  @Test
  void refusesAKernelAboveTheReadBandwidthBesideItsOwnSamples() {
    Predicate<Measurement> kernel = m -> m.id().startsWith("gemv/BF16") && m.threads() == 2;
    Interval share = new Interval(1.2, 1.1, 1.3);

    assertThat(PhysicsCheck.check(changed(kernel, m -> m.withIntervals(null, null, share))))
        .filteredOn(kernel)
        .allSatisfy(m -> assertThat(m.refused()).contains("reaches 1.20 of the read bandwidth"));
  }

  @Test
  void refusesFloatingPointAboveThePeakButNotIntegers() {
    Predicate<Measurement> fma = m -> m.kernel().equals("fma");
    List<Measurement> checked =
        PhysicsCheck.check(changed(fma, m -> SyntheticMachine.slowed(m, 10)));

    assertThat(checked)
        .filteredOn(m -> m.id().startsWith("gemv/BF16/FILE/{cols=2048"))
        .isNotEmpty()
        .allSatisfy(m -> assertThat(m.refused()).contains("GFLOP/s, above the peak of"));
    assertThat(checked)
        .filteredOn(m -> m.id().startsWith("gemv/Q4_0/PACKED/{cols=2048"))
        .isNotEmpty()
        .allSatisfy(m -> assertThat(m.refused()).isNull());
  }

  @Test
  void aRefusalThatAFasterProbeHasAnsweredIsTakenBack() {
    assertThat(PhysicsCheck.check(changed(m -> true, m -> m.withRefused("earlier"))))
        .isEqualTo(sound);
  }

  private List<Measurement> changed(
      Predicate<Measurement> which, UnaryOperator<Measurement> change) {
    return sound.stream().map(m -> which.test(m) ? change.apply(m) : m).toList();
  }

  private static Predicate<Measurement> isRead(Residency residency, int threads) {
    return m -> m.kernel().equals("read") && m.residency() == residency && m.threads() == threads;
  }
}
