package dev.membound.model.memory.hbm;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.dram.DramTiming;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;

class HbmMemoryTest {

  @Test
  void peakIsStacksTimesPinsTimesRate() {
    // HBM4 at 6.4 Gb/s, Ma and Patterson Table 3: 2048 pins · 0.8 GB/s = 1638.4 GB/s a stack.
    DramMemory onePin =
        new DramMemory(
            exact(0.8e9),
            exact(64),
            exact(16),
            exact(32),
            exact(1024),
            DramTiming.of(exact(0), exact(0), exact(3900e-9)),
            exact(0),
            exact(0));
    HbmMemory hbm = new HbmMemory(exact(2), exact(2048), onePin);

    assertThat(hbm.bytesPerSecond(AccessPattern.streamRead(), Draw.best()))
        .isCloseTo(2 * 1638.4e9, within(1e-3));
  }

  @Test
  void theH100ReadsItsDataSheetBandwidth() {
    assertThat(
            DeviceCatalogue.find("h100-sxm")
                .memory()
                .model()
                .ideal()
                .bytesPerSecond(AccessPattern.streamRead(), Draw.best()))
        .isCloseTo(3350e9, within(1e-3));
  }

  @Test
  void randomGranulesOpenARowEach() {
    // 1 stack of 32 channels, 16 banks, tRC 48 ns: a row every 3 ns a channel, 32 B each.
    DramMemory onePin =
        new DramMemory(
            exact(0.8e9),
            exact(32),
            exact(16),
            exact(32),
            exact(1024),
            DramTiming.of(exact(48e-9), exact(0), exact(3900e-9)),
            exact(0),
            exact(0));
    HbmMemory hbm = new HbmMemory(exact(1), exact(1024), onePin);
    AccessPattern granules = new AccessPattern(32, Double.MAX_VALUE, Direction.READ);

    assertThat(hbm.bytesPerSecond(granules, Draw.best())).isCloseTo(32 * 32 / 3e-9, within(1.0));
  }
}
