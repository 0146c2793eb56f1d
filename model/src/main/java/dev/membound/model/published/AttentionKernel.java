package dev.membound.model.published;

import java.util.Locale;

/** Decode kernels that read a KV cache once. */
public enum AttentionKernel {
  /** Ainslie et al., arXiv 2305.13245: keys and values of every KV head. */
  GQA_ATTENTION,
  /** Latent attention with absorbed matrices, arXiv 2405.04434: the values are part of the keys. */
  MLA_ATTENTION,
  /** Lightning indexer of DeepSeek-V3.2: keys alone, with a scale of 4 bytes a key in FP8. */
  DSA_INDEXER;

  /** Name in CSV files. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
