package dev.membound.model.memory.pnm;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import dev.membound.model.memory.dram.DramMemory;
import dev.membound.model.memory.dram.DramTiming;
import dev.membound.model.memory.pnm.PnmSelection.Layer;
import dev.membound.model.memory.pnm.PnmSelection.Returned;
import dev.membound.model.quantity.Draw;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PnmSelectionTest {
  private static final Draw BEST = Draw.best();

  /** One layer of Llama-3.1-70B, F16: 131,072 tokens, pages of 16, 2,048 selected. */
  private static final Layer LLAMA =
      new Layer(
          131_072L * 4096,
          131_072L / 16 * 2 * 2048,
          2048L * 4096,
          2 * (64 + 16) * 128,
          64 * (2 * 128 + 4));

  private static PnmMemory module(double linkBytesPerSecond, double linkLatency) {
    return new PnmMemory(
        new DramMemory(
            exact(1000e9),
            exact(1),
            exact(1),
            exact(32),
            exact(2048),
            DramTiming.of(exact(0), exact(0), exact(1)),
            exact(0),
            exact(0)),
        exact(linkBytesPerSecond),
        exact(linkLatency),
        exact(0),
        exact(512e9));
  }

  @Test
  void whatComesBackDecidesTheTraffic() {
    assertThat(PnmSelection.linkBytes(LLAMA, Returned.WHOLE_KV)).isEqualTo(536_870_912);
    // K · bytes a token and layer, and the query.
    assertThat(PnmSelection.linkBytes(LLAMA, Returned.PAGES)).isEqualTo(8_388_608 + 20_480);
    // 2 · heads · head size · 2 B of query and output, the new k and v, and log-sum-exps.
    assertThat(PnmSelection.linkBytes(LLAMA, Returned.ATTENTION))
        .isEqualTo(2 * 64 * 128 * 2 + 2 * 16 * 128 + 64 * 4);
  }

  @Test
  void aDigestScanReadsTwoKeysAPage() {
    assertThat((double) LLAMA.digestBytes()).isEqualTo(2.0 / 16 * LLAMA.kvBytes() / 2);
    assertThat(PnmSelection.nearBytes(LLAMA, Returned.PAGES)).isEqualTo(33_554_432);
    assertThat(PnmSelection.nearBytes(LLAMA, Returned.ATTENTION)).isEqualTo(33_554_432 + 8_388_608);
  }

  @ParameterizedTest
  @CsvSource({"100e9, 64e-3", "800e9, 8e-3"})
  void oneLayerOfThe96GigabyteCaseTakesTheTimeOfItsLink(double bytesPerSecond, double seconds) {
    // 96 GB over 15 layers, 800 Gb/s and 6.4 Tb/s.
    Layer layer = new Layer(6_400_000_000L, 0, 0, 0, 0);

    assertThat(
            new PnmSelection(module(bytesPerSecond, 0), 1, 1e15)
                .linkSeconds(layer, Returned.WHOLE_KV, BEST))
        .isCloseTo(seconds, within(1e-12));
  }

  @Test
  void modulesShareTheWorkUntilTheHostsRootIsFull() {
    Layer layer = new Layer(0, 1_000_000, 0, 1_000_000, 0);
    PnmSelection one = new PnmSelection(module(50e9, 1e-6), 1, 100e9);
    PnmSelection four = new PnmSelection(module(50e9, 1e-6), 4, 100e9);

    assertThat(one.nearSeconds(layer, Returned.ATTENTION, BEST)).isCloseTo(1e-6, within(1e-15));
    assertThat(four.nearSeconds(layer, Returned.ATTENTION, BEST)).isCloseTo(0.25e-6, within(1e-15));
    assertThat(one.linkSeconds(layer, Returned.ATTENTION, BEST)).isCloseTo(22e-6, within(1e-15));
    assertThat(four.linkSeconds(layer, Returned.ATTENTION, BEST)).isCloseTo(12e-6, within(1e-15));
  }

  @Test
  void theStepIsTheLongerOfEngineAndModules() {
    PnmSelection selection = new PnmSelection(module(64e9, 250e-9), 1, 1e15);
    double near = (33_554_432 + 8_388_608) / 1000e9;
    double link = 500e-9 + 37_120 / 64e9;

    assertThat(selection.stepSeconds(LLAMA, Returned.ATTENTION, 0, BEST))
        .isCloseTo(near + link, withinPercentage(1e-9));
    assertThat(selection.stepSeconds(LLAMA, Returned.ATTENTION, 1, BEST)).isEqualTo(1);
  }
}
