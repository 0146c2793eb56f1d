package dev.membound.model.workload;

import dev.membound.model.llm.LayerGroup;
import dev.membound.model.llm.LlmArchitecture;

/** Size of the KV cache: {@code Σ layers · elements a token · context · batch} in a format. */
public final class KvFootprint {
  private KvFootprint() {}

  /** Bytes that one token takes in all layers. */
  public static long bytesPerToken(LlmArchitecture model, DataFormat format) {
    long bytes = 0;
    for (LayerGroup group : model.groups()) {
      bytes += group.count() * format.bytes(group.attention().kvElementsPerToken());
    }
    return bytes;
  }

  /**
   * Bytes of the digests that a selection keeps beside the KV cache, a sequence of {@code tokens}.
   */
  public static long indexBytes(
      LlmArchitecture model, DataFormat format, KvSelection selection, long tokens) {
    long bytes = 0;
    for (LayerGroup group : model.groups()) {
      double elements =
          tokens * selection.indexPerKeyElement() * group.attention().keyElementsPerToken();
      bytes += group.count() * format.bytes(Math.round(elements));
    }
    return bytes;
  }
}
