package dev.membound.kernels.attention;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.SplittableRandom;

/**
 * Keys and values of many sequences in blocks of {@code blockSize} tokens, off-heap.
 *
 * <p>A block is one or more {@linkplain TileLayout tiles} of 16 tokens (a block size that is no
 * multiple of 16 is padded to one) for each KV head, in the order that {@link KvLayout} says. In
 * the default order neighbouring blocks are one stream for each head, which is why {@link
 * BlockTable}s that this cache fills name neighbours. Block size 16 is vLLM's default (<a
 * href="https://arxiv.org/abs/2309.06180">PagedAttention</a>).
 *
 * <p>Every stored element is finite: {@link #append} refuses others. Kernels rely on it: a masked
 * slot contributes {@code 0 · value}, and the fast F16 decode has no infinities.
 *
 * <p>Not safe for concurrent change; concurrent reading is fine.
 */
public final class PagedKvCache {
  public static final int DEFAULT_BLOCK_SIZE = 16;
  public static final int MAX_BLOCK_SIZE = 256;
  public static final KvLayout DEFAULT_LAYOUT = KvLayout.HEAD_MAJOR;

  private final KvType type;
  private final int kvHeads;
  private final int headDim;
  private final int blockSize;
  private final int blocks;
  private final int tilesPerBlock;
  private final long tileBytes;
  private final TileElements elements;
  private final KvLayout layout;
  private final long headBytes;
  private final long blockBytes;
  private final long valueDistance;
  private final MemorySegment memory;
  private final MemorySegment readOnlyMemory;
  private final BlockAllocator allocator;

  private PagedKvCache(
      KvType type,
      int kvHeads,
      int headDim,
      int blockSize,
      int blocks,
      KvLayout layout,
      Arena arena) {
    this.type = type;
    this.kvHeads = kvHeads;
    this.headDim = headDim;
    this.blockSize = blockSize;
    this.blocks = blocks;
    this.tilesPerBlock = Math.ceilDiv(blockSize, TileLayout.LANES);
    this.tileBytes = TileLayout.tileBytes(type, headDim);
    this.elements = new TileElements(type, headDim);
    long blockOfHead = tilesPerBlock * tileBytes;
    long total = Math.multiplyExact(2L * kvHeads * blocks, blockOfHead);
    this.layout = layout;
    this.blockBytes = layout == KvLayout.BLOCK_MAJOR ? 2 * kvHeads * blockOfHead : blockOfHead;
    this.headBytes = layout == KvLayout.BLOCK_MAJOR ? blockOfHead : 2 * blocks * blockOfHead;
    this.valueDistance = (layout == KvLayout.BLOCK_MAJOR ? kvHeads : blocks) * blockOfHead;
    this.memory = OffHeap.allocate(arena, total);
    this.readOnlyMemory = memory.asReadOnly();
    this.allocator = new BlockAllocator(blocks);
  }

  /**
   * Allocates a cache of zeros.
   *
   * @param headDim even, 64 to 256
   * @param blockSize tokens of a block, 1 to 256; multiples of 16 waste nothing
   * @param blocks blocks that all sequences share
   * @param arena owns the memory
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static PagedKvCache allocate(
      KvType type, int kvHeads, int headDim, int blockSize, int blocks, Arena arena) {
    return allocate(type, kvHeads, headDim, blockSize, blocks, DEFAULT_LAYOUT, arena);
  }

  /** As the other, with a layout of choice; results do not depend on it. */
  public static PagedKvCache allocate(
      KvType type,
      int kvHeads,
      int headDim,
      int blockSize,
      int blocks,
      KvLayout layout,
      Arena arena) {
    if (kvHeads < 1 || blocks < 1) {
      throw new IllegalArgumentException(
          "a KV cache needs at least 1 KV head and 1 block, not " + kvHeads + " and " + blocks);
    }
    AttentionShape.requireHeadDim(headDim);
    requireBlockSize(blockSize);
    return new PagedKvCache(type, kvHeads, headDim, blockSize, blocks, layout, arena);
  }

  static void requireBlockSize(int blockSize) {
    if (blockSize < 1 || blockSize > MAX_BLOCK_SIZE) {
      throw new IllegalArgumentException(
          "block size " + blockSize + " is not between 1 and " + MAX_BLOCK_SIZE);
    }
  }

  public KvType type() {
    return type;
  }

  public int kvHeads() {
    return kvHeads;
  }

  public KvLayout layout() {
    return layout;
  }

  public int headDim() {
    return headDim;
  }

  public int blockSize() {
    return blockSize;
  }

  /** Blocks of the cache. */
  public int blocks() {
    return blocks;
  }

  public int freeBlocks() {
    return allocator.free();
  }

  /** Bytes of all keys and values of a token and their scales, without padding. */
  public long bytesPerToken() {
    return 2L * kvHeads * type.headBytes(headDim);
  }

  /** Bytes of memory behind the cache, padding included. */
  public long byteSize() {
    return memory.byteSize();
  }

  /**
   * Appends a token to a sequence, taking a new block if its last one is full.
   *
   * @param table grows by one token
   * @param keys the token's keys, {@code kvHeads × headDim}
   * @param values the token's values, {@code kvHeads × headDim}
   * @throws IllegalArgumentException if a length is wrong, an element is not finite in this type,
   *     or the table does not own its blocks or has another cache's
   * @throws IllegalStateException if no block is free or the memory is; nothing has changed then
   */
  public void append(BlockTable table, float[] keys, float[] values) {
    requireElements("keys", keys);
    requireElements("values", values);
    extend(table, 1);
    int token = table.length() - 1;
    int block = table.lastBlock();
    int slot = token % blockSize;
    int lane = slot % TileLayout.LANES;
    for (int head = 0; head < kvHeads; head++) {
      long keyTile = keyTile(head, block, slot / TileLayout.LANES);
      long valueTile = keyTile + valueDistance;
      elements.storeKey(memory, keyTile, lane, keys, head * headDim);
      elements.storeValue(memory, valueTile, lane, values, head * headDim);
    }
  }

  /**
   * Gives a sequence room for more tokens without writing them: what the blocks hold already counts
   * as their keys and values. For benchmarks on a {@linkplain #fillRandom filled} cache.
   *
   * @throws IllegalArgumentException if the count is negative, or the table does not own its blocks
   *     or has another cache's
   * @throws IllegalStateException if there are not enough free blocks; nothing has changed then
   */
  public void extend(BlockTable table, int tokens) {
    requireOwned(table);
    if (tokens < 0) {
      throw new IllegalArgumentException("cannot extend a sequence by " + tokens + " tokens");
    }
    long wanted = Math.ceilDiv((long) table.length() + tokens, blockSize) - table.pages();
    if (tokens > 0 && !table.isFull() && allocator.isShared(table.lastBlock())) {
      wanted++; // copy on write
    }
    if (wanted > allocator.free()) {
      throw new IllegalStateException(
          "%d tokens need %d more blocks, the KV cache has %d free of %d"
              .formatted(tokens, wanted, allocator.free(), blocks));
    }
    if (tokens > 0) {
      unshareLastBlock(table);
    }
    int left = tokens;
    while (left > 0) {
      if (table.isFull()) {
        table.addBlock(allocator.take(table.lastBlock()), allocator);
      }
      int room = Math.min(left, blockSize - table.length() % blockSize);
      table.addTokens(room);
      left -= room;
    }
  }

  /**
   * A sequence with the same tokens, which shares all blocks with {@code table} until either of
   * them appends to a partly filled one: that sequence then gets a copy of it.
   *
   * @throws IllegalArgumentException if the table does not own its blocks or has another cache's
   */
  public BlockTable fork(BlockTable table) {
    requireOwned(table);
    for (int page = 0; page < table.pages(); page++) {
      allocator.share(table.block(page));
    }
    return table.copy();
  }

  /**
   * Gives a sequence's blocks back, those that no other sequence shares, and empties its table.
   *
   * @throws IllegalArgumentException if the table does not own its blocks or has another cache's
   */
  public void free(BlockTable table) {
    requireOwned(table);
    for (int page = 0; page < table.pages(); page++) {
      allocator.release(table.block(page));
    }
    table.clear();
  }

  /** How broken up free memory is. */
  public KvFragmentation fragmentation() {
    return new KvFragmentation(
        blocks - allocator.free(),
        allocator.shared(),
        allocator.free(),
        allocator.freeRuns(),
        allocator.longestFreeRun());
  }

  private void requireOwned(BlockTable table) {
    table.requireOwner(allocator);
    table.requireWithin(this);
    memory.get(ValueLayout.JAVA_BYTE, 0); // freed memory is refused before anything has changed
  }

  /** Copies a shared, partly filled last block, so that a token can be written to it. */
  private void unshareLastBlock(BlockTable table) {
    int old = table.lastBlock();
    if (table.isFull() || !allocator.isShared(old)) {
      return;
    }
    int copy = allocator.take(old);
    long bytes = tilesPerBlock * tileBytes;
    for (int head = 0; head < kvHeads; head++) {
      long from = keyTile(head, old, 0);
      long to = keyTile(head, copy, 0);
      MemorySegment.copy(memory, from, memory, to, bytes);
      MemorySegment.copy(memory, from + valueDistance, memory, to + valueDistance, bytes);
    }
    allocator.release(old);
    table.replaceLastBlock(copy);
  }

  /**
   * Fills the whole cache with values uniform in [−√3, √3] (variance 1), fast; the same for the
   * same seed. Scaled types hold random bytes, with scales for the same range.
   */
  public void fillRandom(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int count = 1 << 16;
    int size = type.elementBytes();
    try (Arena arena = Arena.ofShared()) {
      MemorySegment pool = arena.allocate((long) count * size, 64);
      for (int i = 0; i < count; i++) {
        float value = (float) ((2 * random.nextDouble() - 1) * Math.sqrt(3));
        if (type.isScaled()) {
          pool.set(ValueLayout.JAVA_BYTE, i, elements.bits(value / (float) Math.sqrt(3)));
        } else {
          type.store(pool, (long) i * size, value);
        }
      }
      // Pieces of the pool from random places: no two heads or blocks are alike.
      long piece = pool.byteSize() / 4;
      for (long at = 0; at < memory.byteSize(); at += piece) {
        long from = random.nextLong(pool.byteSize() - piece) / 4 * 4;
        MemorySegment.copy(pool, from, memory, at, Math.min(piece, memory.byteSize() - at));
      }
    }
    if (type.isScaled()) {
      for (long tile = 0; tile < memory.byteSize(); tile += tileBytes) {
        elements.fillScales(memory, tile, (float) Math.sqrt(3));
        if (type == KvType.INT8 && tile / valueDistance % 2 == 0) {
          elements.carryKeys(memory, tile, tileBytes);
        }
      }
    }
  }

  /** The stored key element of a token, for references and digests. */
  public float key(BlockTable table, int token, int kvHead, int dim) {
    int slot = token % blockSize;
    return elements.loadKey(
        memory,
        keyTile(kvHead, table.blocks()[token / blockSize], slot / TileLayout.LANES),
        slot % TileLayout.LANES,
        dim);
  }

  /** The stored value element of a token. */
  public float value(BlockTable table, int token, int kvHead, int dim) {
    int slot = token % blockSize;
    return elements.loadValue(
        memory,
        keyTile(kvHead, table.blocks()[token / blockSize], slot / TileLayout.LANES) + valueDistance,
        slot % TileLayout.LANES,
        dim);
  }

  /** Tiles that {@code table} occupies: 16 tokens each, the last of a block perhaps fewer. */
  public int tiles(BlockTable table) {
    if (table.length() == 0) {
      return 0;
    }
    int last = table.pages() - 1;
    return last * tilesPerBlock + Math.ceilDiv(table.tokensOfPage(last), TileLayout.LANES);
  }

  /** Tokens of a table's tile. */
  public int tokensOfTile(BlockTable table, int tile) {
    int first = tile % tilesPerBlock * TileLayout.LANES;
    return Math.min(TileLayout.LANES, table.tokensOfPage(tile / tilesPerBlock) - first);
  }

  /** First token of a table's tile. */
  public int firstToken(BlockTable table, int tile) {
    return tile / tilesPerBlock * table.blockSize() + tile % tilesPerBlock * TileLayout.LANES;
  }

  /** The tile of a table that holds a token. */
  int tileOfToken(int token) {
    return token / blockSize * tilesPerBlock + token % blockSize / TileLayout.LANES;
  }

  /** The lane of its tile that holds a token. */
  int laneOfToken(int token) {
    return token % blockSize % TileLayout.LANES;
  }

  /** Byte offset in {@link #memory} of the keys of a table's tile. Checks nothing. */
  public long keyTile(BlockTable table, int kvHead, int tile) {
    return keyTile(kvHead, table.blocks()[tile / tilesPerBlock], tile % tilesPerBlock);
  }

  /** The cache's memory, read-only: only {@link #append} keeps its elements finite. */
  public MemorySegment memory() {
    return readOnlyMemory;
  }

  /** Bytes from a key tile to the value tile of the same tokens. */
  long valueDistance() {
    return valueDistance;
  }

  private long keyTile(int kvHead, int block, int tile) {
    return kvHead * headBytes + block * blockBytes + tile * tileBytes;
  }

  private void requireElements(String what, float[] given) {
    if (given.length != kvHeads * headDim) {
      throw new IllegalArgumentException(
          "%d %s of a token, expected %d KV heads × %d = %d"
              .formatted(given.length, what, kvHeads, headDim, kvHeads * headDim));
    }
    for (int i = 0; i < given.length; i++) {
      if (!type.holds(given[i])) {
        throw new IllegalArgumentException(
            "%s[%d] = %s is not finite as %s".formatted(what, i, given[i], type));
      }
    }
  }
}
