package dev.membound.model.workload;

import dev.membound.model.llm.LlmArchitecture;
import java.util.List;

/** A phase of inference with its sizes. */
public sealed interface InferenceWorkload permits DecodeWorkload, PrefillWorkload {

  Phase phase();

  /** Sequences together. */
  int batch();

  /** Tokens a sequence in the KV cache when the phase ends. */
  long finalContextTokens();

  Formats formats();

  KvSelection selection();

  /** Tokens a sequence that pass through the layers together. */
  long newTokens();

  /**
   * Operators of the phase on one device, in order.
   *
   * @throws IllegalArgumentException when the model cannot be shared so
   */
  List<Operator> operators(LlmArchitecture model, Sharding sharding);

  /** Workload sizes must be positive; names both in the message. */
  static void check(int batch, long tokens, String tokensName) {
    if (batch < 1 || batch > 1 << 20 || tokens < 0 || tokens > 1L << 30) {
      throw new IllegalArgumentException(
          "batch must be 1 to 2^20 and "
              + tokensName
              + " 0 to 2^30 tokens, got "
              + batch
              + " and "
              + tokens);
    }
  }
}
