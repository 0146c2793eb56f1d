package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.kernels.topk.PageBounds;
import java.lang.foreign.Arena;

/**
 * Page bounds of each sequence, copied until they fill a working set; successive calls rotate over
 * them as over the sequences.
 */
final class Digests {
  private final PageBounds[] copies;
  private int next;

  private Digests(PageBounds[] copies) {
    this.copies = copies;
  }

  /**
   * Builds and copies.
   *
   * @param count of all copies together, a multiple of the sequences
   */
  static Digests of(KvSequences sequences, int count, Arena arena) {
    if (count % sequences.count() != 0) {
      throw new IllegalArgumentException(
          count + " digests do not go round with " + sequences.count() + " sequences");
    }
    PageBounds[] copies = new PageBounds[count];
    for (int i = 0; i < count; i++) {
      copies[i] =
          i < sequences.count()
              ? PageBounds.build(sequences.cache(), sequences.table(i), arena)
              : copies[i % sequences.count()].copy(arena);
    }
    return new Digests(copies);
  }

  PageBounds next() {
    PageBounds bounds = copies[next];
    next = next + 1 == copies.length ? 0 : next + 1;
    return bounds;
  }
}
