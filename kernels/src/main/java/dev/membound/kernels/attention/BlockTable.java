package dev.membound.kernels.attention;

import java.util.Arrays;

/**
 * The blocks of one sequence in logical order: token {@code t} lies in block {@code block(t /
 * blockSize)}, slot {@code t % blockSize}; only the last block may be partly filled.
 *
 * <p>No block occurs twice. A table that a cache's sequence grew in owns its blocks; one of given
 * blocks or of chosen pages only reads them. Not safe for use by several threads while it changes.
 */
public final class BlockTable {
  private final int blockSize;
  private int[] blocks;
  private int length;
  private int largestBlock = -1;
  private int breaks; // pages whose block does not follow that of the page before
  private boolean owner = true; // of its blocks
  private BlockAllocator allocator; // that its blocks came from, null where there are none

  private BlockTable(int blockSize, int[] blocks) {
    PagedKvCache.requireBlockSize(blockSize);
    this.blockSize = blockSize;
    this.blocks = blocks;
  }

  /** A table without tokens that grows as {@link PagedKvCache} hands it blocks. */
  public static BlockTable empty(int blockSize) {
    return new BlockTable(blockSize, new int[16]);
  }

  /** A table without tokens that holds {@code pages} pages without growing. */
  public static BlockTable withCapacity(int blockSize, int pages) {
    if (pages < 0) {
      throw new IllegalArgumentException("a block table cannot hold " + pages + " pages");
    }
    return new BlockTable(blockSize, new int[pages]);
  }

  /**
   * A table of given blocks, to read them; a cache neither appends to it nor frees or forks it.
   *
   * @param blocks block ids, exactly as many as {@code length} tokens need
   * @param length tokens, at least 0
   * @throws IllegalArgumentException if an id is negative or occurs twice, or the count is wrong
   */
  public static BlockTable of(int[] blocks, int length, int blockSize) {
    BlockTable table = new BlockTable(blockSize, blocks.clone());
    if (length < 0 || blocks.length != Math.ceilDiv(length, blockSize)) {
      throw new IllegalArgumentException(
          "a block table of %d tokens in blocks of %d needs %d blocks, not %d"
              .formatted(
                  length, blockSize, Math.ceilDiv(Math.max(length, 0), blockSize), blocks.length));
    }
    for (int page = 0; page < blocks.length; page++) {
      int block = blocks[page];
      if (block < 0) {
        throw new IllegalArgumentException("block table entry " + page + " is negative: " + block);
      }
      table.breaks += page > 0 && block != blocks[page - 1] + 1 ? 1 : 0;
      table.largestBlock = Math.max(table.largestBlock, block);
    }
    requireDistinct(blocks);
    table.length = length;
    table.owner = false;
    return table;
  }

  private static void requireDistinct(int[] blocks) {
    int[] sorted = blocks.clone();
    Arrays.sort(sorted);
    for (int i = 1; i < sorted.length; i++) {
      if (sorted[i] == sorted[i - 1]) {
        int block = sorted[i];
        int last = blocks.length - 1;
        while (blocks[last] != block) {
          last--;
        }
        throw new IllegalArgumentException(
            "block table entry " + last + " repeats block " + block + ": a block may occur once");
      }
    }
  }

  /** Tokens of a block. */
  public int blockSize() {
    return blockSize;
  }

  /** Tokens of the sequence. */
  public int length() {
    return length;
  }

  /** Blocks in use, the last one perhaps partly. */
  public int pages() {
    return Math.ceilDiv(length, blockSize);
  }

  /** Tokens of page {@code page}: {@link #blockSize()} but for the last. */
  public int tokensOfPage(int page) {
    return Math.min(blockSize, length - page * blockSize);
  }

  /**
   * The block of a page.
   *
   * @throws IndexOutOfBoundsException if there is no such page
   */
  public int block(int page) {
    if (page < 0 || page >= pages()) {
      throw new IndexOutOfBoundsException("page " + page + " of " + pages());
    }
    return blocks[page];
  }

  /**
   * Becomes the sub-table of some pages of {@code source}, for attention to these pages alone; it
   * owns none of their blocks. Allocates only when there are more pages than ever before.
   *
   * @param pages page numbers of {@code source} from index {@code from}, strictly ascending, so
   *     that a partly filled page stays the last
   * @throws IllegalArgumentException if the count is negative, a page out of range or out of order,
   *     block sizes differ, or this table has tokens in blocks of its own
   */
  public void assignPages(BlockTable source, int[] pages, int from, int count) {
    if (source.blockSize != blockSize) {
      throw new IllegalArgumentException(
          "block sizes differ: " + source.blockSize + " and " + blockSize);
    }
    if (count < 0) {
      throw new IllegalArgumentException("cannot select " + count + " pages");
    }
    if (owner && length > 0) {
      throw new IllegalArgumentException(
          "this block table owns its blocks: free its sequence before it reads pages of another");
    }
    int sourcePages = source.pages();
    int previous = -1;
    for (int i = from; i < from + count; i++) {
      if (pages[i] <= previous || pages[i] >= sourcePages) {
        throw new IllegalArgumentException(
            "selected page %d after %d: pages must ascend within 0 to %d"
                .formatted(pages[i], previous, sourcePages - 1));
      }
      previous = pages[i];
    }
    if (blocks.length < count) {
      blocks = new int[count];
    }
    owner = false;
    allocator = null;
    largestBlock = -1;
    breaks = 0;
    for (int i = 0; i < count; i++) {
      blocks[i] = source.blocks[pages[from + i]];
      breaks += i > 0 && blocks[i] != blocks[i - 1] + 1 ? 1 : 0;
      largestBlock = Math.max(largestBlock, blocks[i]);
    }
    length = count == 0 ? 0 : (count - 1) * blockSize + source.tokensOfPage(previous);
  }

  /** Whether it has the same length and the same blocks in the same order. */
  boolean hasBlocksOf(BlockTable other) {
    int pages = pages();
    return length == other.length && Arrays.equals(blocks, 0, pages, other.blocks, 0, pages);
  }

  /**
   * Refuses a table that does not own blocks of this allocator.
   *
   * @throws IllegalArgumentException if it was made of given blocks or of chosen pages, or grew in
   *     another cache
   */
  void requireOwner(BlockAllocator of) {
    if (!owner) {
      throw new IllegalArgumentException(
          "this block table only reads its blocks: it was made of given ones, or of chosen pages");
    }
    if (allocator != null && allocator != of) {
      throw new IllegalArgumentException("this block table's blocks are another cache's");
    }
  }

  /** The id of the last block, or −1 where there is none. */
  int lastBlock() {
    return length == 0 ? -1 : blocks[pages() - 1];
  }

  /** Whether blocks are neighbours in runs of four and more on average. */
  boolean isMostlyRun() {
    return 4L * breaks <= pages();
  }

  /** Whether the next token needs a new block. */
  boolean isFull() {
    return length % blockSize == 0;
  }

  /** Adds a block that the allocator has handed out. */
  void addBlock(int block, BlockAllocator from) {
    allocator = from;
    int page = pages();
    if (page == blocks.length) {
      blocks = Arrays.copyOf(blocks, Math.max(16, blocks.length * 2));
    }
    blocks[page] = block;
    breaks += page > 0 && block != blocks[page - 1] + 1 ? 1 : 0;
    largestBlock = Math.max(largestBlock, block);
  }

  BlockTable copy() {
    BlockTable copy = new BlockTable(blockSize, blocks.clone());
    copy.length = length;
    copy.largestBlock = largestBlock;
    copy.breaks = breaks;
    copy.allocator = allocator;
    return copy;
  }

  void replaceLastBlock(int block) {
    int page = pages() - 1;
    if (page > 0) {
      breaks += block != blocks[page - 1] + 1 ? 1 : 0;
      breaks -= blocks[page] != blocks[page - 1] + 1 ? 1 : 0;
    }
    blocks[page] = block;
    largestBlock = Math.max(largestBlock, block);
  }

  void addTokens(int tokens) {
    length = Math.addExact(length, tokens);
  }

  void clear() {
    length = 0;
    largestBlock = -1;
    breaks = 0;
    allocator = null;
  }

  /** The live ids; valid up to {@link #pages()}. For kernels. */
  int[] blocks() {
    return blocks;
  }

  /**
   * Refuses a table that would lead outside of {@code cache}.
   *
   * @throws IllegalArgumentException if block sizes differ or a block is not the cache's
   */
  public void requireWithin(PagedKvCache cache) {
    requireWithin(cache.blockSize(), cache.blocks());
  }

  void requireWithin(int cacheBlockSize, int cacheBlocks) {
    if (blockSize != cacheBlockSize) {
      throw new IllegalArgumentException(
          "the block table has blocks of %d tokens, the cache of %d"
              .formatted(blockSize, cacheBlockSize));
    }
    if (largestBlock >= cacheBlocks) {
      throw new IllegalArgumentException(
          "the block table names block %d, the cache has blocks 0 to %d"
              .formatted(largestBlock, cacheBlocks - 1));
    }
  }
}
