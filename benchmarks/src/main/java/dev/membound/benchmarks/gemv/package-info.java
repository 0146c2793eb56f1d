/** Benchmarks of the quantized matrix × vector product. */
package dev.membound.benchmarks.gemv;
