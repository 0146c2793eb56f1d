package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;

/**
 * Attention of a batch of sequences that begin with the same prefix: the prefix is read once for
 * all of them, each suffix once, and the two states merge (<a
 * href="https://flashinfer.ai/2024/02/02/cascade-inference.html">cascade inference</a>).
 *
 * <p>To the prefix, the queries of the whole batch are one large group that shares its KV heads. So
 * it reads {@code prefix + Σ suffixes} tokens instead of {@code batch · prefix + Σ suffixes}.
 * Error: as {@link PagedAttention}, with n the tokens of prefix and suffix. A call allocates
 * nothing.
 */
public final class CascadeAttention {
  private final AttentionShape shape;
  private final int batch;
  private final PagedAttention prefixAttention;
  private final PagedAttention suffixAttention;
  private final float[] packed;
  private final AttentionState prefixStates;
  private final AttentionState prefixState;

  private CascadeAttention(
      AttentionShape shape,
      AttentionOptions options,
      KvType type,
      int blockSize,
      int batch,
      WorkerTeam team) {
    this.shape = shape;
    this.batch = batch;
    AttentionShape all =
        new AttentionShape(
            Math.multiplyExact(batch, shape.queryHeads()), shape.kvHeads(), shape.headDim());
    this.prefixAttention = PagedAttention.plan(all, options, type, blockSize, team);
    this.suffixAttention = PagedAttention.plan(shape, options, type, blockSize, team);
    this.packed = new float[all.queryLength()];
    this.prefixStates = AttentionState.create(all.queryHeads(), all.headDim());
    this.prefixState = AttentionState.create(shape.queryHeads(), shape.headDim());
  }

  /**
   * @param options without a window, which would cut sequences of different lengths differently
   * @param batch sequences of a call, at least 1
   * @throws IllegalArgumentException if the batch is empty or there is a window
   */
  public static CascadeAttention plan(
      AttentionShape shape,
      AttentionOptions options,
      KvType type,
      int blockSize,
      int batch,
      WorkerTeam team) {
    if (batch < 1) {
      throw new IllegalArgumentException("a batch of " + batch + " sequences");
    }
    if (options.windowLeft() != AttentionOptions.NO_WINDOW) {
      throw new IllegalArgumentException(
          "a shared prefix with a window of " + options.windowLeft() + ": use PagedAttention");
    }
    return new CascadeAttention(shape, options, type, blockSize, batch, team);
  }

  /**
   * @param q a query a sequence
   * @param prefix tokens that all sequences begin with
   * @param suffixes the other tokens of each sequence, perhaps none
   * @param out a state a sequence, overwritten
   * @throws IllegalArgumentException if a count, shape, type or block id does not fit
   */
  public void attend(
      float[][] q,
      PagedKvCache cache,
      BlockTable prefix,
      BlockTable[] suffixes,
      AttentionState[] out) {
    if (q.length != batch) {
      throw new IllegalArgumentException(
          "planned for %d queries, not %d".formatted(batch, q.length));
    }
    prefix.requireWithin(cache); // before the suffixes are read
    suffixAttention.attend(q, cache, suffixes, out);
    int rows = shape.group() * shape.headDim();
    for (int sequence = 0; sequence < batch; sequence++) {
      for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
        System.arraycopy(
            q[sequence], kvHead * rows, packed, (kvHead * batch + sequence) * rows, rows);
      }
    }
    prefixAttention.attend(packed, cache, prefix, prefixStates);
    for (int sequence = 0; sequence < batch; sequence++) {
      unpack(sequence, rows);
      out[sequence].merge(prefixState);
    }
  }

  private void unpack(int sequence, int rows) {
    int group = shape.group();
    for (int kvHead = 0; kvHead < shape.kvHeads(); kvHead++) {
      int from = kvHead * batch + sequence;
      System.arraycopy(
          prefixStates.output(), from * rows, prefixState.output(), kvHead * rows, rows);
      System.arraycopy(prefixStates.lse(), from * group, prefixState.lse(), kvHead * group, group);
    }
  }
}
