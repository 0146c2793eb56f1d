package dev.membound.benchmarks.quality;

/** Which heads share a set of pages. */
enum PageSharing {
  /** The query heads of a KV head: one set for what is read together. */
  GROUP("per group"),
  /** None: every query head selects, and the union is read. */
  UNION("per head, union"),
  /** All heads. */
  ALL_HEADS("one set");

  private final String label;

  PageSharing(String label) {
    this.label = label;
  }

  String label() {
    return label;
  }
}
