package dev.membound.kernels.attention;

/** In which order a KV cache keeps the tiles of its heads and blocks. */
public enum KvLayout {
  /**
   * {@code [block][key | value][kvHead][tile]}: a block of all heads is one piece of memory, so
   * that attention reads long streams even where blocks lie in random order.
   */
  BLOCK_MAJOR,

  /**
   * {@code [kvHead][key | value][block][tile]}: neighbouring blocks are one stream a head, which
   * suits reading the keys, or few heads, alone.
   */
  HEAD_MAJOR
}
