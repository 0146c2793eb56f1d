/**
 * Rows in GGUF order taken apart by vectors: integers of 8 bits, and scales for every 16 of them.
 * {@link dev.membound.kernels.levels.LevelDecoder} is the entry, one implementation a format or
 * family of formats.
 */
package dev.membound.kernels.levels;
