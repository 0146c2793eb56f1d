package dev.membound.model.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.quantity.Draw;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class MemoryTierTest {
  private static final Draw BEST = Draw.best();

  static Stream<MemoryPart> parts() {
    return MemoryCatalogue.all().stream();
  }

  @ParameterizedTest
  @MethodSource("parts")
  void threePartsHoldAndStreamThreeTimesAsMuchAtTheSameLatencyAndEnergy(MemoryPart part) {
    MemoryTier one = part.tier();
    MemoryTier three = one.times(3);
    AccessPattern stream = AccessPattern.streamRead();

    assertThat(three.capacityBytes().value()).isEqualTo(3 * one.capacityBytes().value());
    assertThat(three.model().bytesPerSecond(stream, BEST))
        .isCloseTo(3 * one.model().bytesPerSecond(stream, BEST), withinPercentage(1e-7));
    assertThat(three.model().latencySeconds(BEST)).isEqualTo(one.model().latencySeconds(BEST));
    assertThat(three.model().joulesPerByte(stream, BEST))
        .isEqualTo(one.model().joulesPerByte(stream, BEST));
  }

  @Test
  void nothingAndMemoriesWithEnginesInsideAreRefused() {
    MemoryTier pim = DeviceCatalogue.find("hbm-pim").memory();

    assertThatIllegalArgumentException().isThrownBy(() -> pim.times(2));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> MemoryCatalogue.find("hbm4").tier().times(0));
  }

  @Test
  void aDeviceTakesOtherMemoriesUnlessItComputesInsideItsOwn() {
    MemoryTier flash = MemoryCatalogue.find("hbf").tier().times(3);
    MemoryTier stacks = MemoryCatalogue.find("hbm4").tier().times(2);
    DeviceProfile tiered = DeviceCatalogue.find("h100-sxm").withWeightsIn(flash).withKvIn(stacks);

    assertThat(tiered.memory()).isEqualTo(flash);
    assertThat(tiered.kvMemory()).contains(stacks);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DeviceCatalogue.find("cxl-pnm").withWeightsIn(stacks));
  }
}
