/**
 * Paged decode attention: one query token against a KV cache kept in blocks.
 *
 * <p>{@link dev.membound.kernels.attention.PagedKvCache} holds keys and values, {@link
 * dev.membound.kernels.attention.BlockTable} says which blocks a sequence has, {@link
 * dev.membound.kernels.attention.PagedAttention} reads them once for all query heads of a group and
 * returns an {@link dev.membound.kernels.attention.AttentionState}, which merges with others.
 * {@link dev.membound.kernels.attention.CascadeAttention} reads a shared prefix once for a batch,
 * {@link dev.membound.kernels.attention.MlaAttention} attends to latents. {@link
 * dev.membound.kernels.attention.TileLayout} is the one place that says where an element lies.
 */
package dev.membound.kernels.attention;
