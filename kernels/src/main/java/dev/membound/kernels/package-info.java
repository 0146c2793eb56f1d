/**
 * LLM decode kernels in pure Java: quantized GEMV, paged attention, top-K KV selection.
 *
 * <p>Each kernel is a readable scalar reference and a vectorised implementation; {@link
 * dev.membound.kernels.provider.KernelProvider} says which one runs.
 */
package dev.membound.kernels;
