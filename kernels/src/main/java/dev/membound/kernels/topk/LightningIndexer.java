package dev.membound.kernels.topk;

import dev.membound.kernels.attention.FloatE4M3;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.KernelProvider;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The lightning indexer of DeepSeek Sparse Attention (<a
 * href="https://arxiv.org/abs/2512.02556">DeepSeek-V3.2</a>): a small key a token, shared by all
 * heads, and {@code score = k_scale · Σ_h w_h · max(0, q_h·k)}, of whose {@value #TOP_K} largest
 * all attention heads make one set.
 *
 * <p>A token is {@value #DIM} E4M3 and an F32 scale, {@value #TOKEN_BYTES} bytes, kept transposed
 * in tiles of {@value #LANES} tokens: {@code [tile][dim / 4][token][dim % 4]}, then the scales. A
 * scan reads {@code 132 · tokens} bytes and spends {@code 2 · heads · 128} FLOP on each, 124 FLOP/B
 * with 64 heads: on a CPU arithmetic bounds it.
 *
 * <p>Error: {@code (DIM + heads + 4) · 2⁻²⁴ · k_scale · Σ_h |w_h| · Σ|q·k|}. One scan at a time; a
 * scan allocates nothing after the first with a team. Not safe for concurrent change.
 */
public final class LightningIndexer {
  public static final int DIM = 128;
  public static final int TOKEN_BYTES = DIM + Float.BYTES;

  /** Tokens that DeepSeek-V3.2 selects. */
  public static final int TOP_K = 2048;

  static final int LANES = 16;

  /** Dimensions that lie side by side, in 32 bits. */
  static final int LINE_DIMS = 4;

  static final int TILE_BYTES = LANES * TOKEN_BYTES;

  private final int capacity;
  private final MemorySegment memory;
  private final WorkerTeam.Task task = this::runShare;
  private int tokens;
  private WorkerTeam team;
  private IndexerScan[] scans = new IndexerScan[0];

  // The arguments of the call in flight, for the workers.
  private float[] query;
  private float[] weights;
  private float[] scores;

  private LightningIndexer(int capacity, Arena arena) {
    this.capacity = capacity;
    this.memory = OffHeap.allocate(arena, Math.ceilDiv(capacity, LANES) * (long) TILE_BYTES);
  }

  /**
   * An empty index.
   *
   * @param capacity tokens it can hold
   */
  public static LightningIndexer allocate(int capacity, Arena arena) {
    if (capacity < 1) {
      throw new IllegalArgumentException("an index of " + capacity + " tokens");
    }
    return new LightningIndexer(capacity, arena);
  }

  public int tokens() {
    return tokens;
  }

  /** Bytes that a scan reads. */
  public long bytesRead() {
    return (long) TOKEN_BYTES * tokens;
  }

  /**
   * Appends a token's key; its scale is the largest magnitude / 448.
   *
   * @param key {@value #DIM} finite elements
   * @throws IllegalArgumentException if the length is wrong or an element is not finite
   * @throws IllegalStateException if the index is full
   */
  public void append(float[] key) {
    if (key.length != DIM) {
      throw new IllegalArgumentException(key.length + " elements of an index key, expected " + DIM);
    }
    if (tokens == capacity) {
      throw new IllegalStateException("the index is full: it holds " + capacity + " tokens");
    }
    float largest = 0;
    for (int i = 0; i < DIM; i++) {
      if (!Float.isFinite(key[i])) {
        throw new IllegalArgumentException("key[" + i + "] = " + key[i] + " is not finite");
      }
      largest = Math.max(largest, Math.abs(key[i]));
    }
    float scale = Math.max(largest / FloatE4M3.MAX, Float.MIN_NORMAL);
    long tile = (long) (tokens / LANES) * TILE_BYTES;
    int lane = tokens % LANES;
    for (int dim = 0; dim < DIM; dim++) {
      memory.set(
          ValueLayout.JAVA_BYTE,
          tile + elementOffset(dim, lane),
          FloatE4M3.fromFloat(key[dim] / scale));
    }
    memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, tile + DIM * LANES + lane * 4L, scale);
    tokens++;
  }

  /**
   * Scores every token.
   *
   * <p>Scores hold while products and their sums stay in F32's range.
   *
   * @param q {@code heads × 128}, finite
   * @param w a weight a head, finite
   * @param scores receives {@link #tokens()} scores
   * @throws IllegalArgumentException if a length does not fit or an element is not finite
   */
  public void scan(float[] q, float[] w, float[] scores, WorkerTeam team) {
    if (w.length == 0 || q.length != w.length * DIM) {
      throw new IllegalArgumentException(
          "%d query elements for %d heads × %d".formatted(q.length, w.length, DIM));
    }
    if (scores.length < tokens) {
      throw new IllegalArgumentException(
          "scores hold %d, the index has %d tokens".formatted(scores.length, tokens));
    }
    requireFinite("q", q);
    requireFinite("w", w);
    if (this.team != team || scans[0].heads() != w.length) {
      this.team = team;
      scans = new IndexerScan[team.size()];
      for (int worker = 0; worker < scans.length; worker++) {
        scans[worker] = IndexerScan.create(w.length, KernelProvider.current().isVectorised());
      }
    }
    this.query = q;
    this.weights = w;
    this.scores = scores;
    team.run(task);
  }

  /** The key as stored, scale included, for references. */
  float key(int token, int dim) {
    long tile = (long) (token / LANES) * TILE_BYTES;
    byte bits = memory.get(ValueLayout.JAVA_BYTE, tile + elementOffset(dim, token % LANES));
    return FloatE4M3.toFloat(bits) * scale(memory, tile, token % LANES);
  }

  /** Bytes from a tile's start to an element. */
  static long elementOffset(int dim, int lane) {
    return (long) dim / LINE_DIMS * LANES * LINE_DIMS + lane * LINE_DIMS + dim % LINE_DIMS;
  }

  static float scale(MemorySegment memory, long tile, int lane) {
    return memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, tile + DIM * LANES + lane * 4L);
  }

  private void runShare(int worker, int workers) {
    int first = WorkerTeam.shareStart(tokens, LANES, worker, workers);
    int end = WorkerTeam.shareStart(tokens, LANES, worker + 1, workers);
    if (first < end) {
      scans[worker].scan(memory, query, weights, first, end, scores);
    }
  }

  private static void requireFinite(String what, float[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Float.isFinite(values[i])) {
        throw new IllegalArgumentException(
            "%s[%d] = %s is not finite".formatted(what, i, values[i]));
      }
    }
  }
}
