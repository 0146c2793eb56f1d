package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.kernels.topk.PageBounds;
import java.lang.foreign.Arena;

/** Page bounds of one sequence, copied until they fill a working set; successive calls rotate. */
final class Digests {
  private final PageBounds[] copies;
  private int next;

  private Digests(PageBounds[] copies) {
    this.copies = copies;
  }

  static Digests of(KvSequences sequences, int count, Arena arena) {
    PageBounds[] copies = new PageBounds[count];
    copies[0] = PageBounds.build(sequences.cache(), sequences.table(), arena);
    for (int i = 1; i < count; i++) {
      copies[i] = copies[0].copy(arena);
    }
    return new Digests(copies);
  }

  PageBounds next() {
    PageBounds bounds = copies[next];
    next = next + 1 == copies.length ? 0 : next + 1;
    return bounds;
  }
}
