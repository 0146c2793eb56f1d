package dev.membound.model.workload;

import dev.membound.model.llm.LlmArchitecture;
import java.util.List;

/** A phase of inference with its sizes. */
public sealed interface InferenceWorkload permits DecodeWorkload, PrefillWorkload {

  Phase phase();

  /** Sequences together. */
  int batch();

  /** Tokens a sequence that are cached before. */
  long pastTokens();

  /** Tokens a sequence that pass through the layers together. */
  long newTokens();

  /** First tokens that all sequences have in common, cached once. */
  long sharedPrefixTokens();

  Formats formats();

  KvSelection selection();

  /** Which operators a kernel joins. */
  default Fusion fusion() {
    return Fusion.FUSED;
  }

  /** Tokens a sequence in the KV cache when the phase ends. */
  default long finalContextTokens() {
    return pastTokens() + newTokens();
  }

  /** Sizes of one device's share: a microbatch of one replica, where batches are divided. */
  default PhaseSize size(Sharding sharding) {
    return new PhaseSize(
        phase(),
        sharding.microbatch(batch()),
        newTokens(),
        pastTokens(),
        sharedPrefixTokens(),
        sharding.contextParallel());
  }

  /**
   * Ways of one microbatch through all stages that the phase takes. A decode step takes one, where
   * stages are equal: while a microbatch passes, all others do. A prompt also fills and drains the
   * pipeline, {@code (m + PP − 1) / PP} for m microbatches (Huang et al., GPipe, arXiv 1811.06965).
   * Where PP does not divide {@code layers}, the longest stage sets the pace.
   */
  default double pipelinePasses(Sharding sharding, int layers) {
    return phase() == Phase.DECODE
        ? sharding.stepPasses(batch(), layers)
        : sharding.promptPasses(batch(), layers);
  }

  /**
   * Operators that run in the phase on one device, in order, equal ones of different layers merged.
   *
   * @throws IllegalArgumentException when the model cannot be shared so
   * @throws ArithmeticException when a count exceeds 64 bits
   */
  default List<Operator> operators(LlmArchitecture model, Sharding sharding) {
    PhaseSize size = size(sharding);
    return shapes(model, sharding).stream()
        .filter(shape -> shape.runs(size))
        .map(shape -> shape.at(size))
        .toList();
  }

  /** Operators of the phase at any size. */
  default List<OperatorShape> shapes(LlmArchitecture model, Sharding sharding) {
    return new TransformerOperators(model, phase(), formats(), selection(), fusion(), sharding)
        .shapes();
  }

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
