package dev.membound.model.workload;

/**
 * Which cached tokens a new token attends to: all, the latest, or the best ones. Every new token
 * attends to itself besides.
 *
 * @param limit most cached tokens
 * @param latest whether they are the latest; else a selection anywhere
 */
record TokenSpan(long limit, boolean latest) {
  static final TokenSpan EVERYTHING = new TokenSpan(Long.MAX_VALUE, true);

  static TokenSpan window(long tokens) {
    // The window holds the current token too.
    return new TokenSpan(tokens - 1, true);
  }

  static TokenSpan best(long tokens) {
    return new TokenSpan(tokens, false);
  }

  boolean selects(PhaseSize size) {
    return !latest && size.pastTokens() + size.newTokens() - 1 > limit;
  }

  /** Pairs of a new and an attended token, itself included, over all sequences. */
  long pairs(PhaseSize size) {
    long past = size.pastTokens();
    long fresh = size.newTokens();
    // The first ones still see everything before them, the others as many as the limit.
    long growing = Math.clamp(limit - past, 0, fresh);
    long full = growing == fresh ? 0 : Math.multiplyExact(fresh - growing, limit);
    long causal = Math.addExact(Math.multiplyExact(growing, past), growing * (growing - 1) / 2);
    return Math.multiplyExact(size.batch(), Math.addExact(causal, full) + fresh);
  }

  /** Cached tokens that are read, over all sequences; a shared prefix is read once. */
  long readTokens(PhaseSize size) {
    long past = size.pastTokens();
    if (latest) {
      long attended = Math.min(past, limit);
      long shared = Math.max(0, size.sharedTokens() - (past - attended));
      return shared + Math.multiplyExact(size.batch(), attended - shared);
    }
    // The selections of several new tokens may differ; nothing says that sequences select alike.
    long attended = limit < past / size.newTokens() ? limit * size.newTokens() : past;
    return attended == past
        ? size.distinctPastTokens()
        : Math.multiplyExact(size.batch(), attended);
  }
}
