package dev.membound.model.workload;

import dev.membound.model.llm.LlmArchitecture;
import java.util.List;

/** The prompts of {@code batch} sequences, {@code promptTokens} each, into an empty KV cache. */
public record PrefillWorkload(int batch, long promptTokens, Formats formats)
    implements InferenceWorkload {

  public PrefillWorkload {
    InferenceWorkload.check(batch, promptTokens, "prompt");
    if (promptTokens == 0) {
      throw new IllegalArgumentException("a prompt has at least 1 token");
    }
  }

  @Override
  public Phase phase() {
    return Phase.PREFILL;
  }

  @Override
  public long newTokens() {
    return promptTokens;
  }

  @Override
  public long finalContextTokens() {
    return promptTokens;
  }

  @Override
  public KvSelection selection() {
    return new KvSelection.Dense();
  }

  @Override
  public List<Operator> operators(LlmArchitecture model, Sharding sharding) {
    return new TransformerOperators(model, this, 0, sharding).build();
  }
}
