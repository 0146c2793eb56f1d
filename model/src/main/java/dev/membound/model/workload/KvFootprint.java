package dev.membound.model.workload;

import dev.membound.model.llm.Attention;
import dev.membound.model.llm.GroupedQueryAttention;
import dev.membound.model.llm.LatentAttention;
import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LightningIndexer;
import dev.membound.model.llm.LinearAttention;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.NoAttention;
import java.util.Optional;

/**
 * Memory that sequences take beside the weights: {@code Σ layers · bytes a token · cached tokens},
 * windows and states being bounded.
 *
 * @param kvBytes keys, values and latent vectors
 * @param stateBytes recurrent states
 * @param indexBytes indexer keys and digests
 */
public record KvFootprint(long kvBytes, long stateBytes, long indexBytes) {

  /** Bytes that one token adds to the layers that keep the whole context. */
  public static long bytesPerToken(LlmArchitecture model, DataFormat format) {
    long bytes = 0;
    for (LayerGroup group : model.groups()) {
      if (group.attention().cachedTokens() == Attention.EVERYTHING) {
        bytes += group.count() * entryBytes(group.attention(), format);
      }
    }
    return bytes;
  }

  /** Bytes that one token writes, in windows too. */
  public static long writtenBytesPerToken(LlmArchitecture model, DataFormat format) {
    return model.groups().stream()
        .mapToLong(group -> group.count() * entryBytes(group.attention(), format))
        .sum();
  }

  /** Bytes of one sequence in the layers that keep a window, once it is full. */
  public static long windowBytes(LlmArchitecture model, DataFormat format) {
    return model.groups().stream()
        .filter(group -> group.attention().cachedTokens() != Attention.EVERYTHING)
        .mapToLong(
            group ->
                group.count()
                    * entryBytes(group.attention(), format)
                    * group.attention().cachedTokens())
        .sum();
  }

  /** Bytes of one token in the cache of one layer. */
  static long entryBytes(Attention attention, DataFormat format) {
    return switch (attention) {
      case LatentAttention latent when format.rotaryFormat() != format ->
          format.bytes(latent.kvRank()) + format.rotaryFormat().bytes(latent.ropeDim());
      case GroupedQueryAttention _, LatentAttention _, LinearAttention _, NoAttention _ ->
          format.bytes(attention.kvElementsPerToken());
    };
  }

  /** Bytes of one token in the indexer's cache of one layer, 0 without an indexer. */
  static long indexEntryBytes(Attention attention, DataFormat format) {
    return indexer(attention).map(i -> format.bytes(i.headDim())).orElse(0L);
  }

  static Optional<LightningIndexer> indexer(Attention attention) {
    return attention instanceof LatentAttention latent ? latent.indexer() : Optional.empty();
  }

  /** Bytes of one page's digest in one layer: the minimum and the maximum of its keys. */
  static long digestBytes(Attention attention, DataFormat format) {
    return format.bytes(2 * attention.keyElementsPerToken());
  }

  /** Whether a selection applies to a layer: it keeps everything and does not select by itself. */
  static boolean selectable(Attention attention) {
    return attention.kvElementsPerToken() > 0
        && attention.cachedTokens() == Attention.EVERYTHING
        && indexer(attention).isEmpty();
  }

  /**
   * Of {@code batch} sequences of {@code tokens}.
   *
   * @param sharedTokens first tokens that all sequences have in common and that are kept once
   * @throws ArithmeticException beyond 64 bits
   */
  public static KvFootprint of(
      LlmArchitecture model,
      Formats formats,
      KvSelection selection,
      int batch,
      long tokens,
      long sharedTokens) {
    long kv = 0;
    long state = 0;
    long index = 0;
    for (LayerGroup group : model.groups()) {
      Attention attention = group.attention();
      long window = attention.cachedTokens();
      // A window has left the prefix behind it sooner or later: it is kept by every sequence.
      long kept =
          window == Attention.EVERYTHING
              ? Math.addExact(sharedTokens, Math.multiplyExact(batch, tokens - sharedTokens))
              : Math.multiplyExact(batch, Math.min(tokens, window));
      int n = group.count();
      kv = Math.addExact(kv, Math.multiplyExact(n * entryBytes(attention, formats.kv()), kept));
      state += (long) n * batch * formats.state().bytes(attention.stateElements());
      long indexEntry = indexEntryBytes(attention, formats.indexKeys());
      index = Math.addExact(index, Math.multiplyExact(n * indexEntry, kept));
      if (selection instanceof KvSelection.QuestTopK quest && selectable(attention)) {
        long pages = Math.ceilDiv(kept, quest.pageTokens());
        long digest = digestBytes(attention, formats.kv());
        index = Math.addExact(index, Math.multiplyExact(n * digest, pages));
      }
    }
    return new KvFootprint(kv, state, index);
  }
}
