package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.cli.SimulationAnswer.Chunked;
import dev.membound.benchmarks.cli.SimulationAnswer.Disaggregated;
import dev.membound.benchmarks.cli.SimulationAnswer.Speculative;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.network.Link;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.simulate.ChunkedPrefill;
import dev.membound.model.simulate.DisaggregatedPrefill;
import dev.membound.model.simulate.SampledSeconds;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.simulate.SpeculativeDecoding;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.PrefillWorkload;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Chunked prefill, speculative decoding, and prefill on another system. */
final class ServingOptions {
  private static final double BYTES_PER_GIGABIT = 0.125e9;

  @Option(names = "--chunk", description = "Prefill in chunks of this many tokens.")
  private Long chunkTokens;

  @Option(names = "--draft-model", description = "Speculative decoding: the model that drafts.")
  private String draftModel;

  @Option(names = "--draft-tokens", description = "Tokens a draft (default: 4).")
  private int draftTokens = 4;

  @Option(
      names = "--acceptance",
      description = "Probability that a drafted token is accepted, 0 to 1 (default: 0.7).")
  private double acceptance = 0.7;

  @Option(
      names = "--prefill-device",
      description = "Disaggregated prefill: on devices of this kind, the KV cache crosses links.")
  private String prefillDevice;

  @Option(names = "--prefill-count", description = "How many, by tensor parallelism (default: 1).")
  private int prefillCount = 1;

  @Option(
      names = "--kv-link-gbps",
      description = "Link of each of them to the decoding system, Gb/s (default: 400).")
  private double kvLinkGigabits = 400;

  /** Whether something is asked of a prefill. */
  boolean prefills() {
    return chunkTokens != null || prefillDevice != null;
  }

  /** The model that drafts, where one is named. */
  Optional<LlmArchitecture> draft() {
    return Optional.ofNullable(draftModel).map(LlmCatalogue::find);
  }

  /** What both models hold, where one is named that drafts. */
  Optional<CapacityLedger> ledgerWithDraft(
      HardwareSystem system, LlmArchitecture model, DecodeWorkload step) {
    return draft().map(draft -> speculation().ledger(system, model, draft, step));
  }

  /** What has to fit: with a model that drafts, the step that verifies all its tokens. */
  InferenceWorkload held(InferenceWorkload workload) {
    return draftModel != null && workload instanceof DecodeWorkload step
        ? speculation().verification(step)
        : workload;
  }

  private SpeculativeDecoding speculation() {
    return new SpeculativeDecoding(draftTokens, acceptance);
  }

  /** The prompt in chunks, where it is asked for. */
  Optional<Chunked> chunked(
      Simulator simulator, HardwareSystem system, LlmArchitecture model, PrefillWorkload prompt) {
    if (chunkTokens == null) {
      return Optional.empty();
    }
    ChunkedPrefill chunked = ChunkedPrefill.of(simulator, system, model, prompt, chunkTokens);
    PrefillWorkload last = prompt.chunks(chunkTokens).getLast();
    return Optional.of(
        new Chunked(
            chunkTokens,
            chunked.chunkSeconds().size(),
            chunked.seconds().interval(),
            chunked.longestChunkSeconds().interval(),
            CapacityLedger.of(system, model, last).problems()));
  }

  /** Decoding with drafts, where a model is named for them. */
  Optional<Speculative> speculative(
      Simulator simulator, HardwareSystem system, LlmArchitecture model, DecodeWorkload step) {
    Optional<LlmArchitecture> named = draft();
    if (named.isEmpty()) {
      return Optional.empty();
    }
    SpeculativeDecoding speculation = speculation();
    LlmArchitecture draft = named.get();
    SampledSeconds whole = speculation.stepSeconds(simulator, system, model, draft, step);
    double tokens = speculation.expectedTokensPerStep();
    SampledSeconds plain = simulator.seconds(system, model, step);
    Interval token = whole.times(1 / tokens).interval();
    return Optional.of(
        new Speculative(
            draft.name(),
            draftTokens,
            acceptance,
            tokens,
            whole.interval(),
            token,
            new Interval(
                step.batch() / token.median(),
                step.batch() / token.high(),
                step.batch() / token.low()),
            plain.ratioTo(whole.times(1 / tokens)).interval()));
  }

  /** Prefill on another system, where a device is named for it. */
  Optional<Disaggregated> disaggregated(
      Simulator simulator, RunOption runs, LlmArchitecture model, PrefillWorkload prompt) {
    if (prefillDevice == null) {
      return Optional.empty();
    }
    if (!(kvLinkGigabits > 0) || Double.isInfinite(kvLinkGigabits)) {
      throw new IllegalArgumentException("--kv-link-gbps must be positive, got " + kvLinkGigabits);
    }
    HardwareSystem system =
        HardwareSystem.of(
            SystemOptions.calibrated(DeviceCatalogue.find(prefillDevice), runs), prefillCount);
    DisaggregatedPrefill handed =
        DisaggregatedPrefill.of(simulator, system, model, prompt, link(), prefillCount);
    return Optional.of(
        new Disaggregated(
            system.name(),
            prefillCount,
            kvLinkGigabits,
            handed.transferBytes(),
            handed.prefillSeconds().interval(),
            handed.transferSeconds().interval(),
            handed.secondsInOnePiece().interval(),
            handed.secondsLayerByLayer().interval(),
            handed.exposedSeconds().interval(),
            CapacityLedger.of(system, model, prompt).problems()));
  }

  private Link link() {
    String reason = "RDMA between machines: 3 to 20 us with its software";
    return new Link(
        "kv-transfer",
        Quantity.exact(
            kvLinkGigabits * BYTES_PER_GIGABIT, "B/s", Provenance.ASSUMED, "--kv-link-gbps"),
        new Quantity(8e-6, "s", 3e-6, 20e-6, Provenance.ASSUMED, reason));
  }
}
