package dev.membound.benchmarks.quality;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.topk.PageBounds;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Keys, values and queries of one layer of a real model: a safetensors file with {@code k} and
 * {@code v} of {@code [tokens, kvHeads, headDim]} and {@code q} of {@code [queries, queryHeads,
 * headDim]}, the queries of the last tokens, all after position encoding (RoPE), in F32, F16 or
 * BF16.
 */
final class KvDump {
  private static final String KV_DIMENSIONS = "[tokens, kvHeads, headDim]";
  private static final String Q_DIMENSIONS = "[queries, queryHeads, headDim]";

  private KvDump() {}

  /**
   * Reads a dump into a paged cache.
   *
   * @param type what the cache stores
   * @throws IllegalArgumentException if the file does not fit; one line that names it
   */
  static KvContext read(Path file, KvType type, int pageTokens, Arena arena) {
    SafeTensors tensors = SafeTensors.open(file, arena);
    SafeTensors.Tensor k = tensors.tensor3d("k", KV_DIMENSIONS);
    SafeTensors.Tensor v = tensors.tensor3d("v", KV_DIMENSIONS);
    SafeTensors.Tensor q = tensors.tensor3d("q", Q_DIMENSIONS);
    int[] kv = k.shape();
    int[] heads = q.shape();
    if (!Arrays.equals(kv, v.shape()) || heads[2] != kv[2] || heads[0] > kv[0]) {
      throw new IllegalArgumentException(
          "%s: k %s, v %s and q %s do not fit each other; they are %s, the same, and %s with at most as many queries as tokens"
              .formatted(
                  file,
                  Arrays.toString(kv),
                  Arrays.toString(v.shape()),
                  Arrays.toString(heads),
                  KV_DIMENSIONS,
                  Q_DIMENSIONS));
    }
    try {
      AttentionShape shape = new AttentionShape(heads[1], kv[1], kv[2]);
      return fill(file, type, pageTokens, arena, shape, kv[0], heads[0], k, v, q);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  private static KvContext fill(
      Path file,
      KvType type,
      int pageTokens,
      Arena arena,
      AttentionShape shape,
      int tokens,
      int queryCount,
      SafeTensors.Tensor k,
      SafeTensors.Tensor v,
      SafeTensors.Tensor q) {
    PagedKvCache cache = KvContext.allocate(shape, type, tokens, pageTokens, arena);
    BlockTable table = BlockTable.empty(pageTokens);
    int width = shape.kvHeads() * shape.headDim();
    float[] key = new float[width];
    float[] value = new float[width];
    for (int token = 0; token < tokens; token++) {
      k.read((long) token * width, key);
      v.read((long) token * width, value);
      cache.append(table, key, value);
    }
    float[][] queries = new float[queryCount][shape.queryLength()];
    for (int i = 0; i < queryCount; i++) {
      q.read((long) i * shape.queryLength(), queries[i]);
      shape.requireQuery(queries[i]);
    }
    return new KvContext(
        file.getFileName().toString(),
        shape,
        cache,
        table,
        PageBounds.build(cache, table, arena),
        IntStream.range(tokens - queryCount, tokens).toArray(),
        queries);
  }
}
