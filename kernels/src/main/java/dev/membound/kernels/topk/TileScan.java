package dev.membound.kernels.topk;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.TileLayout;
import dev.membound.kernels.attention.TileScorer;
import dev.membound.kernels.parallel.WorkerTeam;
import java.util.function.Supplier;

/**
 * Scores all tiles of all KV heads, shared evenly among a team; a worker reads its part of a head
 * as two streams, one a half.
 */
final class TileScan {
  /** How a head's query becomes the multipliers of a tile's elements. */
  @FunctionalInterface
  interface QueryLoader {
    /** Returns what every score of the head is raised by. */
    float load(float[] q, int from, int kvHead, TileScorer scorer, int head);
  }

  private static final int LANES = TileLayout.LANES;

  private final AttentionShape shape;
  private final WorkerTeam team;
  private final WorkerTeam.Task task;
  private final QueryLoader loader;
  private final TileScorer[] scorers;
  private final float[][] pairs; // scores of two tiles: [tile][head][lane]
  private final float[][] raises; // of a worker's head

  // The arguments of the call in flight, for the workers.
  private float[] query;
  private TileSource source;
  private float[] scores;
  private boolean groupMaximum;

  TileScan(AttentionShape shape, Supplier<TileScorer> scorer, QueryLoader loader, WorkerTeam team) {
    this.shape = shape;
    this.team = team;
    this.task = this::runShare;
    this.loader = loader;
    this.scorers = new TileScorer[team.size()];
    this.pairs = new float[team.size()][2 * shape.group() * LANES];
    this.raises = new float[team.size()][shape.group()];
    for (int worker = 0; worker < scorers.length; worker++) {
      scorers[worker] = scorer.get();
    }
  }

  boolean isFor(AttentionShape otherShape, WorkerTeam otherTeam) {
    return shape.equals(otherShape) && team == otherTeam;
  }

  /**
   * Writes {@code heads × items} scores, where heads are query heads or, with {@code groupMaximum},
   * KV heads with the largest score of their group.
   */
  void run(float[] q, TileSource source, float[] scores, boolean groupMaximum) {
    shape.requireQuery(q);
    int rows = groupMaximum ? shape.kvHeads() : shape.queryHeads();
    if (scores.length < (long) rows * source.items()) {
      throw new IllegalArgumentException(
          "scores hold %d, %d heads × %d items need %d"
              .formatted(scores.length, rows, source.items(), (long) rows * source.items()));
    }
    this.query = q;
    this.source = source;
    this.scores = scores;
    this.groupMaximum = groupMaximum;
    team.run(task);
  }

  private void runShare(int worker, int workers) {
    int tiles = source.tiles();
    long all = (long) tiles * shape.kvHeads();
    long start = all * worker / workers;
    long end = all * (worker + 1) / workers;
    for (int head = 0; head < shape.kvHeads(); head++) {
      int from = (int) Math.max(start - (long) head * tiles, 0);
      int to = (int) Math.min(end - (long) head * tiles, tiles);
      if (from < to) {
        scanHead(worker, head, from, to);
      }
    }
  }

  private void scanHead(int worker, int kvHead, int from, int to) {
    TileScorer scorer = scorers[worker];
    float[] raise = raises[worker];
    boolean raised = false;
    for (int head = 0; head < shape.group(); head++) {
      int row = (kvHead * shape.group() + head) * shape.headDim();
      raise[head] = loader.load(query, row, kvHead, scorer, head);
      raised |= raise[head] != 0;
    }
    int half = Math.ceilDiv(to - from, 2);
    for (int near = from; near < from + half; near++) {
      int far = Math.min(near + half, to - 1);
      scanPair(scorer, pairs[worker], raised ? raise : null, kvHead, near, far);
    }
  }

  private void scanPair(
      TileScorer scorer, float[] pair, float[] raise, int kvHead, int near, int far) {
    boolean full = source.itemsOf(near) == LANES && source.itemsOf(far) == LANES;
    boolean direct = full && (!groupMaximum || shape.group() == 1);
    int second = pair.length / 2;
    int row = kvHead * shape.group() * source.items();
    float[] to = direct ? scores : pair;
    int nearAt = direct ? row + source.firstItem(near) : 0;
    int farAt = direct ? row + source.firstItem(far) : second;
    int stride = direct ? source.items() : LANES;
    scorer.score(
        source.memory(),
        source.offset(kvHead, near),
        source.offset(kvHead, far),
        to,
        nearAt,
        farAt,
        stride);
    if (raise != null) {
      scorer.raise(to, nearAt, stride, raise);
      if (farAt != nearAt) {
        scorer.raise(to, farAt, stride, raise);
      }
    }
    if (!direct) {
      deliver(scorer, pair, 0, kvHead, near);
      deliver(scorer, pair, second, kvHead, far);
    }
  }

  /** Copies a tile's scores without the padding. */
  private void deliver(TileScorer scorer, float[] pair, int at, int kvHead, int tile) {
    int items = source.itemsOf(tile);
    int first = source.firstItem(tile);
    if (groupMaximum) {
      scorer.keepLargest(pair, at, LANES);
      System.arraycopy(pair, at, scores, kvHead * source.items() + first, items);
      return;
    }
    for (int head = 0; head < shape.group(); head++) {
      int row = (kvHead * shape.group() + head) * source.items() + first;
      System.arraycopy(pair, at + head * LANES, scores, row, items);
    }
  }
}
