package dev.membound.model.published;

import dev.membound.model.workload.DataFormat;

/**
 * A decode attention kernel, one layer on one device.
 *
 * @param device catalogue name
 * @param queryHeads, kvHeads of the model
 * @param keyDim elements of a key; of latent vector and rotary key together in MLA
 * @param valueDim elements of a value, 0 where a kernel reads none
 * @param format of the cache
 * @param batch sequences
 * @param newTokens query tokens a sequence
 * @param contextTokens cached tokens a sequence
 * @param seconds measured
 */
public record KernelTiming(
    String id,
    String source,
    String device,
    AttentionKernel kernel,
    int queryHeads,
    int kvHeads,
    int keyDim,
    int valueDim,
    DataFormat format,
    int batch,
    int newTokens,
    long contextTokens,
    double seconds)
    implements PublishedRow {
  private static final int BYTES_OF_A_SCALE = 4;

  /** Bytes of the cache, each read once. */
  public long bytes() {
    long entry =
        switch (kernel) {
          case GQA_ATTENTION -> format.bytes((long) kvHeads * (keyDim + valueDim));
          case MLA_ATTENTION -> format.bytes((long) kvHeads * keyDim);
          case DSA_INDEXER ->
              format.bytes((long) kvHeads * keyDim)
                  + (format == DataFormat.FP8 ? BYTES_OF_A_SCALE : 0);
        };
    return Math.multiplyExact(batch * contextTokens, entry);
  }

  /** FLOPs of both products, 2 a multiply-add. */
  public double flops() {
    return 2.0 * queryHeads * (keyDim + valueDim) * newTokens * batch * contextTokens;
  }

  /** Rows of one shape are left out together: query tokens are not part of it. */
  public String shape() {
    return "%s %d/%d heads, batch %d, context %d"
        .formatted(kernel.key(), queryHeads, kvHeads, batch, contextTokens);
  }
}
