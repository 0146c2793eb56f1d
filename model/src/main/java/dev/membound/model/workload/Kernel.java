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
  ALL_TO_ALL,
  /** Every part of a context to all devices that share it. */
  ALL_GATHER,
  /** From one pipeline stage to the next. */
  POINT_TO_POINT;

  /** Whether links run it and no engine. */
  public boolean collective() {
    return compareTo(ALL_REDUCE) >= 0;
  }

  /** Name in profiles, catalogue files and measurements: {@code gemv}, {@code all-reduce}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
