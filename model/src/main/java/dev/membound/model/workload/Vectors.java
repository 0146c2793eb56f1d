package dev.membound.model.workload;

/** How many vectors an operator works on. */
enum Vectors {
  /** Every new token. */
  NEW_TOKENS,
  /** The last one of every sequence, which alone gets logits. */
  LAST_TOKENS,
  /** Every token that is attended to, new or cached. */
  CONTEXT_TOKENS;

  boolean growsWithContext() {
    return this == CONTEXT_TOKENS;
  }

  long count(PhaseSize size) {
    return switch (this) {
      case NEW_TOKENS -> size.rows();
      case LAST_TOKENS -> size.batch();
      case CONTEXT_TOKENS -> Math.addExact(size.allRows(), size.distinctPastTokens());
    };
  }
}
