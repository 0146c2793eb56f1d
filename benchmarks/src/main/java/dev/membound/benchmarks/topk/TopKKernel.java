package dev.membound.benchmarks.topk;

/** The steps of top-K KV selection that are measured. */
public enum TopKKernel {
  /** Quest: bounds every page from its element-wise minimum and maximum key. */
  DIGEST_SCAN,
  /** Scores every key exactly. */
  KEY_SCORING,
  /** Quest's whole step: scan the digests, select pages, attend to them. */
  SPARSE_STEP
}
