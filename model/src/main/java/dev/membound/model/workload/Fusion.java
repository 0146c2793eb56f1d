package dev.membound.model.workload;

/** Which operators a kernel joins. */
public enum Fusion {
  /**
   * Attention is one kernel that keeps its scores on chip (FlashAttention, Dao et al., arXiv
   * 2205.14135), and activation functions run at the end of a matrix product.
   */
  FUSED,
  /** Every operator is a kernel of its own, as a framework without a compiler runs them. */
  EAGER
}
