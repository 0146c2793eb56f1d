package dev.membound.kernels.matrix;

/** How the blocks of a weight matrix lie in memory. */
public enum MatrixLayout {
  /** As in a GGUF file: row after row, blocks in column order, no padding. */
  FILE,
  /** Made at load for the vector width of this process: see {@link PackedLayout}. */
  PACKED
}
