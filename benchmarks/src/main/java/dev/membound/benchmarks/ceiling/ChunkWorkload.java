package dev.membound.benchmarks.ceiling;

import dev.membound.benchmarks.host.CacheHierarchy;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.List;
import java.util.Map;

/**
 * Random chunks from DRAM, as a paged KV cache with blocks of that size is read. All chunks of the
 * buffer are read before any is read again.
 *
 * @param chunkBytes a power of two, 64 or more
 * @param workingSetBytes of the buffer, a power of two
 */
public record ChunkWorkload(long chunkBytes, int threads, long workingSetBytes)
    implements Workload {
  private static final long CALL_BYTES_PER_THREAD = 8L << 20;

  public ChunkWorkload {
    if (chunkBytes < 64
        || chunkBytes > workingSetBytes
        || Long.bitCount(chunkBytes) != 1
        || Long.bitCount(workingSetBytes) != 1) {
      throw new IllegalArgumentException(
          "chunk: chunks of "
              + chunkBytes
              + " bytes in a buffer of "
              + workingSetBytes
              + ": both must be powers of two, the chunk 64 bytes or more");
    }
  }

  /** Chunk sizes of the curve: one cache line to 64 KiB. */
  public static final List<Long> CURVE_CHUNK_BYTES =
      List.of(64L, 256L, 1L << 10, 4L << 10, 16L << 10, 64L << 10);

  /**
   * Over a buffer of at least {@link CacheHierarchy#DRAM_TO_LAST_LEVEL} times the last-level cache.
   */
  public static ChunkWorkload of(long chunkBytes, int threads, CacheHierarchy caches) {
    long bytes = caches.workingSetBytes(Residency.DRAM, threads).orElseThrow();
    return new ChunkWorkload(chunkBytes, threads, PowerOfTwo.atLeast(bytes));
  }

  /** Chunks a call, at least 1. */
  long chunks() {
    return Math.max(1, Math.min(workingSetBytes, CALL_BYTES_PER_THREAD * threads) / chunkBytes);
  }

  @Override
  public Class<?> benchmark() {
    return ChunkBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "chunkBytes", Long.toString(chunkBytes),
        "threads", Integer.toString(threads),
        "workingSetBytes", Long.toString(workingSetBytes));
  }

  @Override
  public String kernel() {
    return "chunk";
  }

  @Override
  public String format() {
    return "RAW";
  }

  @Override
  public String layout() {
    return "SCATTERED";
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of("chunkBytes", chunkBytes);
  }

  @Override
  public int batch() {
    return 1;
  }

  @Override
  public Residency residency() {
    return Residency.DRAM;
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of("read", chunkBytes * chunks());
  }

  @Override
  public long flops() {
    return 0;
  }
}
