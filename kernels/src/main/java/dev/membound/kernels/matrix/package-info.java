/** Weight matrices off-heap: GGUF's row-major layout, and the layout that the kernels stream. */
package dev.membound.kernels.matrix;
