package dev.membound.kernels.attention;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;

/**
 * Decode attention over latents, in the absorbed form of <a
 * href="https://arxiv.org/abs/2405.04434">DeepSeek-V2</a>: with the key projection already applied
 * to the query, {@code logit = scale · (q_latent·c + q_rope·k)} and {@code o = softmax(logits) ·
 * c}, to which the caller applies the value projection.
 *
 * <p>All heads share a token, so 128 of them spend 128 · 2 · (576 + 512) = 278,528 FLOP on its 1152
 * bytes (242 FLOP/B as BF16): arithmetic bounds this kernel on a CPU, not memory. Reads {@code
 * tokens · format.tokenBytes()} bytes.
 *
 * <p><b>Error.</b> As {@link PagedAttention} with 576 for headDim, on the stored tokens. A plan
 * serves one call at a time; a call allocates nothing.
 */
public abstract sealed class MlaAttention permits ScalarMlaAttention, VectorMlaAttention {
  /**
   * {@code 1/√(128 + 64)}: the heads' own width before absorption, as DeepSeek's models have it.
   */
  public static final double DEFAULT_SCALE = 1 / Math.sqrt(192);

  /** Tokens that a worker takes at a time. */
  static final int CHUNK = OnlineSoftmax.CHUNK;

  final int heads;
  final double scale;
  private final WorkerTeam team;
  private final WorkerTeam.Task task = this::runShare;
  private final AttentionState[] partial;

  // The arguments of the call in flight, for the workers.
  private float[] query;
  private MlaCache cache;
  private BlockTable table;
  private int[] tokens;
  private int count;
  private AttentionState target;

  MlaAttention(int heads, double scale, WorkerTeam team) {
    if (heads < 1) {
      throw new IllegalArgumentException("MLA with " + heads + " heads");
    }
    if (!(scale > 0 && scale <= 1e6)) {
      throw new IllegalArgumentException("scale " + scale + " is not in (0, 1e6]");
    }
    this.heads = heads;
    this.scale = scale;
    this.team = team;
    this.partial = new AttentionState[team.size()];
    for (int worker = 1; worker < partial.length; worker++) {
      partial[worker] = AttentionState.create(heads, MlaCache.LATENT);
    }
  }

  /** Plans with this process's provider, for caches of either format. */
  public static MlaAttention plan(int heads, double scale, WorkerTeam team) {
    return KernelProvider.current().isVectorised()
        ? new VectorMlaAttention(heads, scale, team)
        : new ScalarMlaAttention(heads, scale, team);
  }

  /** As {@link #plan}, always the scalar reference. */
  public static MlaAttention planScalar(int heads, double scale, WorkerTeam team) {
    return new ScalarMlaAttention(heads, scale, team);
  }

  /**
   * Attends to all tokens of a sequence.
   *
   * @param q {@code heads × 576}, absorbed latent part first, finite
   * @param out {@code heads × 512}, overwritten
   * @throws IllegalArgumentException if a shape or block id does not fit
   */
  public final void attend(float[] q, MlaCache cache, BlockTable table, AttentionState out) {
    run(q, cache, table, null, table.length(), out);
  }

  /**
   * Attends to some tokens, as a selection leaves them; reads these alone.
   *
   * @param tokens strictly ascending, the first {@code count} of them
   */
  public final void attendTokens(
      float[] q, MlaCache cache, BlockTable table, int[] tokens, int count, AttentionState out) {
    if (count < 0 || count > tokens.length) {
      throw new IllegalArgumentException(count + " tokens of an array of " + tokens.length);
    }
    for (int i = 0; i < count; i++) {
      if (tokens[i] < 0 || tokens[i] >= table.length() || (i > 0 && tokens[i] <= tokens[i - 1])) {
        throw new IllegalArgumentException(
            "selected token %d at %d: tokens must ascend within 0 to %d"
                .formatted(tokens[i], i, table.length() - 1));
      }
    }
    run(q, cache, table, tokens, count, out);
  }

  /**
   * Sets {@code out} to the state over the tokens {@code first} to before {@code end} of the call.
   */
  abstract void attendTokens(int worker, float[] q, int first, int end, AttentionState out);

  /** Decodes the {@code i}-th token of the call. */
  final void load(int i, float[] to, int start) {
    cache.load(table, tokens == null ? i : tokens[i], to, start);
  }

  private void run(
      float[] q, MlaCache cache, BlockTable table, int[] tokens, int count, AttentionState out) {
    if (q.length != heads * MlaCache.WIDTH) {
      throw new IllegalArgumentException(
          "the query has %d elements, %d heads × %d need %d"
              .formatted(q.length, heads, MlaCache.WIDTH, heads * MlaCache.WIDTH));
    }
    for (int i = 0; i < q.length; i++) {
      if (!Float.isFinite(q[i])) {
        throw new IllegalArgumentException("q[" + i + "] = " + q[i] + " is not finite");
      }
    }
    table.requireWithin(cache.blockSize(), cache.blocks());
    if (out.queryHeads() != heads || out.headDim() != MlaCache.LATENT) {
      throw new IllegalArgumentException(
          "a state of %d × %d for %d heads × %d"
              .formatted(out.queryHeads(), out.headDim(), heads, MlaCache.LATENT));
    }
    this.query = q;
    this.cache = cache;
    this.table = table;
    this.tokens = tokens;
    this.count = count;
    this.target = out;
    team.run(task);
    for (int worker = 1; worker < partial.length; worker++) {
      out.merge(partial[worker]);
    }
  }

  private void runShare(int worker, int workers) {
    AttentionState out = worker == 0 ? target : partial[worker];
    out.reset();
    int first = WorkerTeam.shareStart(count, CHUNK, worker, workers);
    int end = WorkerTeam.shareStart(count, CHUNK, worker + 1, workers);
    if (first < end) {
      attendTokens(worker, query, first, end, out);
    }
  }
}
