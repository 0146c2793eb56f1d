package dev.membound.model.simulate;

import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.workload.DecodeWorkload;

/**
 * A small model drafts tokens one by one, the large one verifies them together: Leviathan, Kalman,
 * Matias, "Fast Inference from Transformers via Speculative Decoding", ICML 2023, arXiv 2211.17192.
 *
 * <pre>
 *   step            = γ · draft step + verification of γ + 1 tokens
 *   tokens a step   = (1 − α^(γ+1)) / (1 − α)          eq. 1; γ + 1 for α = 1
 *   time a token    = step / tokens a step
 * </pre>
 *
 * @param draftTokens γ, at least 0
 * @param acceptance α, probability that a drafted token is accepted, each for itself
 */
public record SpeculativeDecoding(int draftTokens, double acceptance) {

  public SpeculativeDecoding {
    if (draftTokens < 0 || draftTokens > 1 << 10 || !(acceptance >= 0 && acceptance <= 1)) {
      throw new IllegalArgumentException(
          "needs 0 to 1024 draft tokens and an acceptance of 0 to 1, got "
              + draftTokens
              + " and "
              + acceptance);
    }
  }

  /** Expected tokens a step, 1 to γ + 1: the accepted ones and the one of the large model. */
  public double expectedTokensPerStep() {
    double sum = 0;
    double power = 1;
    for (int i = 0; i <= draftTokens; i++) {
      sum += power;
      power *= acceptance;
    }
    return sum;
  }

  /** What the large model does: the step with every drafted token and its own. */
  public DecodeWorkload verification(DecodeWorkload step) {
    return step.withNewTokens(draftTokens + 1L);
  }

  /**
   * What both models hold: caches and logits of all drafted tokens besides.
   *
   * @throws IllegalArgumentException when a memory refuses the KV cache, with its reason
   */
  public CapacityLedger ledger(
      HardwareSystem system, LlmArchitecture model, LlmArchitecture draft, DecodeWorkload step) {
    return CapacityLedger.withDraft(system, model, draft, verification(step));
  }

  /**
   * Time of drafting and verifying. Both models run one after the other; the draft model sees the
   * same batch and context, and lies on the same devices.
   *
   * @param step one plain decode step of the large model
   */
  public SampledSeconds stepSeconds(
      Simulator simulator,
      HardwareSystem system,
      LlmArchitecture model,
      LlmArchitecture draft,
      DecodeWorkload step) {
    SampledSeconds verification = simulator.seconds(system, model, verification(step));
    return draftTokens == 0
        ? verification
        : simulator.seconds(system, draft, step).times(draftTokens).plus(verification);
  }

  /** Expected time between tokens of a sequence (TPOT). */
  public SampledSeconds secondsPerToken(
      Simulator simulator,
      HardwareSystem system,
      LlmArchitecture model,
      LlmArchitecture draft,
      DecodeWorkload step) {
    return stepSeconds(simulator, system, model, draft, step).times(1 / expectedTokensPerStep());
  }
}
