/** Benchmarks of top-K KV selection. */
package dev.membound.benchmarks.topk;
