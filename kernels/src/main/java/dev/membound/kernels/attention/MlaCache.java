package dev.membound.kernels.attention;

import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The cache of multi-head latent attention (<a href="https://arxiv.org/abs/2405.04434">DeepSeek-V2
 * </a>): a token is one latent of {@value #LATENT} elements, from which all heads make keys and
 * values, and {@value #ROPE} rotated key elements, shared by all heads. Tokens lie one after
 * another in blocks, so that single ones can be read.
 */
public final class MlaCache {
  public static final int LATENT = 512;
  public static final int ROPE = 64;

  /** Elements of a token. */
  public static final int WIDTH = LATENT + ROPE;

  static final int SCALE_GROUP = 128;

  /** How a token is stored. */
  public enum Format {
    /** 576 BF16: 1152 bytes. */
    BF16(2 * WIDTH),

    /**
     * As FlashMLA: the latent as 512 E4M3 with an F32 scale for every 128, then 64 BF16: 656 bytes.
     * A scale is its group's largest magnitude / 448.
     */
    FP8(LATENT + LATENT / SCALE_GROUP * 4 + 2 * ROPE);

    private final int tokenBytes;

    Format(int tokenBytes) {
      this.tokenBytes = tokenBytes;
    }

    public int tokenBytes() {
      return tokenBytes;
    }
  }

  private final Format format;
  private final int blockSize;
  private final int blocks;
  private final MemorySegment memory;
  private final BlockAllocator allocator;

  private MlaCache(Format format, int blockSize, int blocks, Arena arena) {
    this.format = format;
    this.blockSize = blockSize;
    this.blocks = blocks;
    this.memory =
        OffHeap.allocate(
            arena, Math.multiplyExact((long) blocks * blockSize, (long) format.tokenBytes()));
    this.allocator = new BlockAllocator(blocks);
  }

  /**
   * Allocates a cache of zeros.
   *
   * @param blockSize tokens of a block, 1 to 256; FlashMLA uses 64
   * @throws IllegalArgumentException if a number is out of its range
   */
  public static MlaCache allocate(Format format, int blockSize, int blocks, Arena arena) {
    PagedKvCache.requireBlockSize(blockSize);
    if (blocks < 1) {
      throw new IllegalArgumentException("an MLA cache of " + blocks + " blocks");
    }
    return new MlaCache(format, blockSize, blocks, arena);
  }

  public Format format() {
    return format;
  }

  public int blockSize() {
    return blockSize;
  }

  public int blocks() {
    return blocks;
  }

  public int freeBlocks() {
    return allocator.free();
  }

  /**
   * Appends a token to a sequence.
   *
   * @param token latent, then rotated key: {@value #WIDTH} elements, finite as BF16
   * @throws IllegalArgumentException if the length is wrong, an element is not finite, or the table
   *     does not own its blocks or has another cache's
   * @throws IllegalStateException if no block is free or the memory is; nothing has changed then
   */
  public void append(BlockTable table, float[] token) {
    table.requireOwner(allocator);
    table.requireWithin(blockSize, blocks);
    if (token.length != WIDTH) {
      throw new IllegalArgumentException(
          token.length + " elements of an MLA token, expected " + WIDTH);
    }
    for (int i = 0; i < WIDTH; i++) {
      if (!Float.isFinite(KvType.BF16.round(token[i]))) {
        throw new IllegalArgumentException("token[" + i + "] = " + token[i] + " is not finite");
      }
    }
    memory.get(ValueLayout.JAVA_BYTE, 0); // freed memory is refused before the table has grown
    if (table.isFull()) {
      table.addBlock(allocator.take(table.lastBlock()), allocator);
    }
    table.addTokens(1);
    long at = offset(table, table.length() - 1);
    if (format == Format.BF16) {
      storeBf16(at, token, 0, WIDTH);
    } else {
      storeFp8(at, token);
    }
  }

  /**
   * Gives a sequence's blocks back and empties its table.
   *
   * @throws IllegalArgumentException if the table does not own its blocks or has another cache's
   */
  public void free(BlockTable table) {
    table.requireOwner(allocator);
    table.requireWithin(blockSize, blocks);
    for (int page = 0; page < table.pages(); page++) {
      allocator.release(table.block(page));
    }
    table.clear();
  }

  /** Decodes a token into {@code to[start] …}. Checks nothing. */
  void load(BlockTable table, int token, float[] to, int start) {
    long at = offset(table, token);
    if (format == Format.BF16) {
      loadBf16(at, to, start, WIDTH);
      return;
    }
    long scales = at + LATENT;
    for (int group = 0; group < LATENT; group += SCALE_GROUP) {
      float scale = memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, scales + group / SCALE_GROUP * 4L);
      for (int i = group; i < group + SCALE_GROUP; i++) {
        to[start + i] = scale * FloatE4M3.toFloat(memory.get(ValueLayout.JAVA_BYTE, at + i));
      }
    }
    loadBf16(scales + LATENT / SCALE_GROUP * 4L, to, start + LATENT, ROPE);
  }

  private void storeFp8(long at, float[] token) {
    long scales = at + LATENT;
    for (int group = 0; group < LATENT; group += SCALE_GROUP) {
      float largest = 0;
      for (int i = group; i < group + SCALE_GROUP; i++) {
        largest = Math.max(largest, Math.abs(token[i]));
      }
      float scale = Math.max(largest / FloatE4M3.MAX, Float.MIN_NORMAL);
      memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, scales + group / SCALE_GROUP * 4L, scale);
      for (int i = group; i < group + SCALE_GROUP; i++) {
        memory.set(ValueLayout.JAVA_BYTE, at + i, FloatE4M3.fromFloat(token[i] / scale));
      }
    }
    storeBf16(scales + LATENT / SCALE_GROUP * 4L, token, LATENT, ROPE);
  }

  private void storeBf16(long at, float[] token, int from, int count) {
    for (int i = 0; i < count; i++) {
      KvType.BF16.store(memory, at + 2L * i, token[from + i]);
    }
  }

  private void loadBf16(long at, float[] to, int start, int count) {
    for (int i = 0; i < count; i++) {
      to[start + i] =
          Float.intBitsToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at + 2L * i) << 16);
    }
  }

  private long offset(BlockTable table, int token) {
    long slot = (long) table.blocks()[token / blockSize] * blockSize + token % blockSize;
    return slot * format.tokenBytes();
  }
}
