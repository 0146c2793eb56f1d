/**
 * Top-K KV selection: which pages a decode step reads, and what is lost by not reading the others.
 *
 * <p>{@link dev.membound.kernels.topk.KeyScorer} scores every key exactly, {@link
 * dev.membound.kernels.topk.PageBounds} bounds the scores of whole pages from a digest (Quest);
 * {@link dev.membound.kernels.topk.TopKSelector} picks the largest, {@link
 * dev.membound.kernels.topk.PageSelection} makes block tables of them, {@link
 * dev.membound.kernels.topk.SparseAttention} is the whole step, and {@link
 * dev.membound.kernels.topk.SelectionQuality} says how good it was on {@link
 * dev.membound.kernels.topk.StructuredKeys}. {@link dev.membound.kernels.topk.LightningIndexer}
 * scores tokens from small keys of their own (DSA); StreamingLLM, H2O, SnapKV and top-p are the
 * baselines.
 */
package dev.membound.kernels.topk;
