package dev.membound.kernels.attention;

/**
 * The tokens that attention reads from a sequence, as tiles of its block table and a bit for each
 * lane: all of them, the newest ones (a sliding window), or a chosen set.
 *
 * <p>Keys are transposed within a tile, so a tile is the least that can be read: a chosen token
 * brings the other lanes of its tile with it, masked.
 */
final class TileSet {
  private static final int LANES = TileLayout.LANES;
  private static final int ALL = (1 << LANES) - 1;

  private PagedKvCache cache;
  private BlockTable table;
  private int firstTile;
  private int firstLanes;
  private int size;
  private boolean chosen;
  private boolean run;
  private int[] tiles = new int[0];
  private int[] lanes = new int[0];

  /** Becomes the tokens of a table from {@code firstToken} on. */
  void assignFrom(PagedKvCache cache, BlockTable table, int firstToken) {
    this.cache = cache;
    this.table = table;
    this.chosen = false;
    this.run = table.isMostlyRun();
    this.firstTile = cache.tileOfToken(firstToken);
    this.firstLanes = ALL << cache.laneOfToken(firstToken);
    this.size = Math.max(0, cache.tiles(table) - firstTile);
  }

  /**
   * Becomes some tokens of a table. Allocates only when there are more than ever before.
   *
   * @param tokens strictly ascending, the first {@code count} of them
   * @throws IllegalArgumentException if a token is out of order or range
   */
  void assignTokens(PagedKvCache cache, BlockTable table, int[] tokens, int count) {
    if (count < 0 || count > tokens.length) {
      throw new IllegalArgumentException(count + " tokens of an array of " + tokens.length);
    }
    int previous = -1;
    for (int i = 0; i < count; i++) {
      if (tokens[i] <= previous || tokens[i] >= table.length()) {
        throw new IllegalArgumentException(
            "selected token %d after %d: tokens must ascend within 0 to %d"
                .formatted(tokens[i], previous, table.length() - 1));
      }
      previous = tokens[i];
    }
    if (count == table.length()) { // all of them, in the order of work without a choice
      assignFrom(cache, table, 0);
      return;
    }
    if (tiles.length < count) {
      tiles = new int[count];
      lanes = new int[count];
    }
    this.cache = cache;
    this.table = table;
    this.chosen = true;
    this.run = false;
    this.size = 0;
    for (int i = 0; i < count; i++) {
      int tile = cache.tileOfToken(tokens[i]);
      if (size == 0 || tiles[size - 1] != tile) {
        tiles[size] = tile;
        lanes[size++] = 0;
      }
      lanes[size - 1] |= 1 << cache.laneOfToken(tokens[i]);
    }
  }

  /** Tiles with at least one token of the set. */
  int size() {
    return size;
  }

  /** Whether most tiles are neighbours in memory. */
  boolean isRun() {
    return run;
  }

  /** The tile's token of lane 0, whether in the set or not. */
  int firstToken(int i) {
    return cache.firstToken(table, tile(i));
  }

  /** The lanes that are in the set, bit {@code n} for lane n; never 0. */
  int lanes(int i) {
    if (chosen) {
      return lanes[i];
    }
    int used = ALL >>> (LANES - cache.tokensOfTile(table, tile(i)));
    return i == 0 ? used & firstLanes : used;
  }

  static boolean isFull(int lanes) {
    return lanes == ALL;
  }

  long keyTile(int kvHead, int i) {
    return cache.keyTile(table, kvHead, tile(i));
  }

  BlockTable table() {
    return table;
  }

  private int tile(int i) {
    return chosen ? tiles[i] : firstTile + i;
  }
}
