/**
 * How good a selection of the KV cache is: methods swept over contexts, page sizes and budgets, on
 * {@linkplain dev.membound.kernels.topk.StructuredKeys structured keys} or on a {@linkplain
 * dev.membound.benchmarks.quality.KvDump dump} of a real model, each judged against attention to
 * the whole context. A new method is one class and one line in {@link
 * dev.membound.benchmarks.quality.SelectionMethods}.
 */
package dev.membound.benchmarks.quality;
