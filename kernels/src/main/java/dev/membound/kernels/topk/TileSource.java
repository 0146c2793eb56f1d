package dev.membound.kernels.topk;

import java.lang.foreign.MemorySegment;

/** Tiles to scan: the keys of a sequence, or the bounds of its pages. */
interface TileSource {
  MemorySegment memory();

  /** Tiles of a KV head. */
  int tiles();

  /** Items (tokens or pages) of a KV head. */
  int items();

  /** First item of a tile. */
  int firstItem(int tile);

  /** Items of a tile, 1 to 16. */
  int itemsOf(int tile);

  /** Byte offset of a tile in {@link #memory}. */
  long offset(int kvHead, int tile);
}
