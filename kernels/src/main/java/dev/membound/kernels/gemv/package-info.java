/**
 * Quantized matrix × vector. {@link dev.membound.kernels.gemv.Gemv} is the entry; {@code
 * ScalarGemv} is the readable reference, the {@code *FileKernel} and {@code *PackedKernel} classes
 * are the vectorised ones, one a format and layout.
 */
package dev.membound.kernels.gemv;
