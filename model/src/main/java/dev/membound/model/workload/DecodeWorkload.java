package dev.membound.model.workload;

import dev.membound.model.llm.LlmArchitecture;
import java.util.List;

/**
 * One decode step: each of {@code batch} sequences, with {@code contextTokens} in its KV cache,
 * gets one more token.
 */
public record DecodeWorkload(int batch, long contextTokens, Formats formats, KvSelection selection)
    implements InferenceWorkload {

  public DecodeWorkload {
    InferenceWorkload.check(batch, contextTokens, "context");
  }

  @Override
  public Phase phase() {
    return Phase.DECODE;
  }

  @Override
  public long newTokens() {
    return 1;
  }

  @Override
  public long finalContextTokens() {
    return contextTokens + 1;
  }

  @Override
  public List<Operator> operators(LlmArchitecture model, Sharding sharding) {
    return new TransformerOperators(model, this, contextTokens, sharding).build();
  }
}
