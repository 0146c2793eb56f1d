package dev.membound.model.workload;

import java.util.Locale;

/** Kernel families that share an efficiency and an overlap exponent. */
public enum Kernel {
  /** Matrix times few vectors: decode. */
  GEMV,
  /** Matrix times many vectors: prefill. */
  GEMM,
  ATTENTION,
  /** Scoring pages and selecting the best. */
  TOPK,
  NORM,
  EMBEDDING,
  ALL_REDUCE,
  /** Tokens to the devices that hold their experts, and results back. */
  ALL_TO_ALL;

  /** Whether links run it and no engine. */
  public boolean collective() {
    return this == ALL_REDUCE || this == ALL_TO_ALL;
  }

  /** Name in profiles, catalogue files and measurements: {@code gemv}, {@code all-reduce}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
