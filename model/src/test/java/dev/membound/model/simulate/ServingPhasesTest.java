package dev.membound.model.simulate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.network.Link;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.KvSelection.Dense;
import dev.membound.model.workload.PrefillWorkload;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Speculative decoding, chunked prefill, disaggregated prefill. */
class ServingPhasesTest {
  private static final Formats F16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final HardwareSystem H100 = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), 8);
  private static final Simulator SIMULATOR = new Simulator(1, 20);
  private static final LlmArchitecture LARGE = LlmCatalogue.find("llama-3.1-70b");
  private static final LlmArchitecture SMALL = LlmCatalogue.find("llama-3.2-1b");

  private static Link link(double bytesPerSecond, double latencySeconds) {
    return new Link(
        "test",
        Quantity.exact(bytesPerSecond, "B/s", Provenance.ASSUMED, "test"),
        Quantity.exact(latencySeconds, "s", Provenance.ASSUMED, "test"));
  }

  @ParameterizedTest
  @CsvSource({
    "4, 0.8, 3.3616", // (1 − 0.8^5) / 0.2
    "4, 0, 1",
    "4, 1, 5",
    "0, 0.8, 1",
    "7, 0.5, 1.9921875" // (1 − 0.5^8) / 0.5
  })
  void expectedTokensAreLeviathansFormula(int draft, double acceptance, double tokens) {
    assertThat(new SpeculativeDecoding(draft, acceptance).expectedTokensPerStep())
        .isCloseTo(tokens, within(1e-12));
  }

  @Test
  void withoutDraftsItIsPlainDecoding() {
    DecodeWorkload step = new DecodeWorkload(4, 2000, F16, new Dense());

    assertThat(
            new SpeculativeDecoding(0, 0.7)
                .secondsPerToken(SIMULATOR, H100, LARGE, SMALL, step)
                .best())
        .isEqualTo(Simulator.bestSeconds(H100, LARGE, step));
  }

  @Test
  void draftsThatAreTakenPayAndDraftsThatAreRefusedCost() {
    DecodeWorkload step = new DecodeWorkload(1, 2000, F16, new Dense());
    double plain = Simulator.bestSeconds(H100, LARGE, step);

    assertThat(
            new SpeculativeDecoding(4, 0.8)
                .secondsPerToken(SIMULATOR, H100, LARGE, SMALL, step)
                .best())
        .isLessThan(plain);
    assertThat(
            new SpeculativeDecoding(4, 0)
                .secondsPerToken(SIMULATOR, H100, LARGE, SMALL, step)
                .best())
        .isGreaterThan(plain);
  }

  @Test
  void draftedTokensTakeMemoryToo() {
    DecodeWorkload step = new DecodeWorkload(4, 2000, F16, new Dense());

    // 2,000 cached tokens, seven drafted and the large model's own: 320 KiB and 32 KiB a token.
    assertThat(new SpeculativeDecoding(7, 0.8).ledger(H100, LARGE, SMALL, step).bytesByComponent())
        .containsEntry("kv", 4L * 2008 * 327_680)
        .containsEntry("draft-kv", 4L * 2008 * 32_768)
        .containsEntry("workspace", 4L * 8 * 4 * 128_256);
  }

  @Test
  void draftsThatMakeNoSenseAreRefused() {
    assertThatIllegalArgumentException().isThrownBy(() -> new SpeculativeDecoding(-1, 0.5));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpeculativeDecoding(1, 1.5));
    assertThatIllegalArgumentException().isThrownBy(() -> new SpeculativeDecoding(1, Double.NaN));
  }

  @Test
  void oneChunkIsTheWholePromptAndSmallChunksCostMoreButWaitLess() {
    PrefillWorkload prompt = new PrefillWorkload(1, 16_384, F16);
    double whole = Simulator.bestSeconds(H100, LARGE, prompt);
    ChunkedPrefill one = ChunkedPrefill.of(SIMULATOR, H100, LARGE, prompt, 16_384);
    ChunkedPrefill many = ChunkedPrefill.of(SIMULATOR, H100, LARGE, prompt, 512);

    assertThat(one.seconds().best()).isEqualTo(whole);
    assertThat(many.chunkSeconds()).hasSize(32);
    assertThat(many.seconds().best()).isGreaterThan(whole);
    assertThat(many.longestChunkSeconds().best()).isLessThan(whole / 10);
    assertThat(many.chunkSeconds().getLast().best())
        .as("later chunks attend to more")
        .isGreaterThan(many.chunkSeconds().getFirst().best());
  }

  @ParameterizedTest
  @CsvSource({"100e9, 64e-3", "800e9, 8e-3"}) // 800 Gb/s and 6.4 Tb/s
  void oneLayerOfThe96GbCaseTakes64And8Milliseconds(double bytesPerSecond, double seconds) {
    LlmArchitecture hybrid = LlmCatalogue.find("linear-hybrid-15-full-layers");
    Formats fp4 = new Formats(DataFormat.F16, DataFormat.FP4, DataFormat.F16);
    // 6.25 million tokens of 15,360 B are the 96 GB.
    long bytes = KvFootprint.of(hybrid, fp4, new Dense(), 16, 390_625, 0).kvBytes();

    assertThat(bytes).isEqualTo(96_000_000_000L);
    assertThat(bytes / 15 / bytesPerSecond).isCloseTo(seconds, within(1e-12));
  }

  @Test
  void theCacheOfAPromptIsHandedOver() {
    PrefillWorkload prompt = new PrefillWorkload(2, 8192, F16);
    DisaggregatedPrefill handed =
        DisaggregatedPrefill.of(SIMULATOR, H100, LARGE, prompt, link(50e9, 5e-6), 8);

    assertThat(handed.transferBytes()).isEqualTo(2L * 8192 * 327_680);
    assertThat(handed.transferSeconds().best())
        .isCloseTo(5e-6 + handed.transferBytes() / 400e9, within(1e-15));
    assertThat(handed.secondsInOnePiece().best())
        .isEqualTo(handed.prefillSeconds().best() + handed.transferSeconds().best());
  }

  @Test
  void aPrefixThatTheReceiverHoldsIsNotHandedOver() {
    PrefillWorkload prompt = new PrefillWorkload(3, 100, 5000, 4000, F16);
    DisaggregatedPrefill handed =
        DisaggregatedPrefill.of(SIMULATOR, H100, LARGE, prompt, link(50e9, 0), 1);

    assertThat(handed.transferBytes()).isEqualTo(3L * 100 * 327_680);
  }

  @Test
  void aWindowIsHandedOverWhateverItHeldBefore() {
    // 8 layers keep all 3,000 new tokens, 40 their last 1,024; 4,096 elements of two bytes each.
    LlmArchitecture windows = LlmCatalogue.find("gemma-3-12b");
    PrefillWorkload prompt = new PrefillWorkload(2, 3000, 5000, 5000, F16);
    DisaggregatedPrefill handed =
        DisaggregatedPrefill.of(SIMULATOR, H100, windows, prompt, link(50e9, 0), 1);

    assertThat(handed.transferBytes()).isEqualTo(2L * (8 * 3000 + 40 * 1024) * 4096 * 2);
  }

  @Test
  void aFastLinkHidesAllButOneLayerAndASlowOneAllButOneLayerOfComputing() {
    PrefillWorkload prompt = new PrefillWorkload(1, 8192, F16);
    DisaggregatedPrefill fast =
        DisaggregatedPrefill.of(SIMULATOR, H100, LARGE, prompt, link(1e12, 0), 8);
    DisaggregatedPrefill slow =
        DisaggregatedPrefill.of(SIMULATOR, H100, LARGE, prompt, link(1e8, 0), 1);

    assertThat(fast.exposedSeconds().best())
        .isCloseTo(fast.transferSeconds().best() / 80, Percentage.withPercentage(1e-6));
    assertThat(slow.secondsLayerByLayer().best())
        .isCloseTo(
            slow.prefillSeconds().best() / 80 + slow.transferSeconds().best(),
            Percentage.withPercentage(1e-9));
    assertThat(slow.secondsLayerByLayer().best()).isLessThan(slow.secondsInOnePiece().best());
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DisaggregatedPrefill.of(SIMULATOR, H100, LARGE, prompt, link(1e9, 0), 0));
  }
}
