package dev.membound.benchmarks.attention;

import dev.membound.kernels.attention.KvLayout;
import dev.membound.kernels.attention.PagedKvCache;

/** Which layout a measured KV cache has. */
public enum CacheLayout {
  /** What {@link KvLayout} recommends: block by block if the blocks lie in random order. */
  FITTING,
  BLOCK_MAJOR,
  HEAD_MAJOR;

  KvLayout of(boolean scattered) {
    return switch (this) {
      case FITTING -> scattered ? KvLayout.BLOCK_MAJOR : PagedKvCache.DEFAULT_LAYOUT;
      case BLOCK_MAJOR -> KvLayout.BLOCK_MAJOR;
      case HEAD_MAJOR -> KvLayout.HEAD_MAJOR;
    };
  }
}
