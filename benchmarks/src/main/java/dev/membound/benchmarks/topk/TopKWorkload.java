package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.topk.PageBounds;
import dev.membound.model.run.Residency;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One step of top-K selection over a context, one new token.
 *
 * @param step what is measured; the measurement's layout
 * @param budgetTokens tokens attended to by {@link TopKKernel#SPARSE_STEP}, a multiple of the
 *     block; 0 otherwise
 * @param wantedWorkingSetBytes distinct bytes to rotate over; at least one sequence is used. {@link
 *     TopKKernel#SPARSE_STEP} rotates over as many of digests, and of keys and values beside them
 */
public record TopKWorkload(
    TopKKernel step,
    KvShape kv,
    int budgetTokens,
    int threads,
    Residency residency,
    long wantedWorkingSetBytes)
    implements Workload {
  public TopKWorkload {
    if ((step == TopKKernel.SPARSE_STEP) != (budgetTokens > 0)
        || budgetTokens % kv.blockSize() != 0) {
      throw new IllegalArgumentException(
          step + " with a budget of " + budgetTokens + " tokens in blocks of " + kv.blockSize());
    }
  }

  @Override
  public Class<?> benchmark() {
    return switch (step) {
      case DIGEST_SCAN -> DigestScanBenchmark.class;
      case KEY_SCORING -> KeyScoringBenchmark.class;
      case SPARSE_STEP -> SparseStepBenchmark.class;
    };
  }

  @Override
  public Map<String, String> params() {
    Map<String, String> params = new HashMap<>();
    params.put("format", kv.type().name());
    params.put("queryHeads", Integer.toString(kv.queryHeads()));
    params.put("kvHeads", Integer.toString(kv.kvHeads()));
    params.put("headDim", Integer.toString(kv.headDim()));
    params.put("context", Integer.toString(kv.context()));
    params.put("blockSize", Integer.toString(kv.blockSize()));
    params.put("threads", Integer.toString(threads));
    params.put("residency", residency.name());
    params.put("workingSetBytes", Long.toString(wantedWorkingSetBytes));
    if (step == TopKKernel.SPARSE_STEP) {
      params.put("budgetTokens", Integer.toString(budgetTokens));
    }
    return params;
  }

  @Override
  public String kernel() {
    return "topk";
  }

  @Override
  public String format() {
    return kv.type().name();
  }

  @Override
  public String layout() {
    return step.name();
  }

  @Override
  public Map<String, Long> shape() {
    Map<String, Long> shape = new LinkedHashMap<>();
    shape.put("queryHeads", (long) kv.queryHeads());
    shape.put("kvHeads", (long) kv.kvHeads());
    shape.put("headDim", (long) kv.headDim());
    shape.put("context", (long) kv.context());
    shape.put("blockSize", (long) kv.blockSize());
    if (step == TopKKernel.SPARSE_STEP) {
      shape.put("budgetTokens", (long) budgetTokens);
    }
    return shape;
  }

  @Override
  public int batch() {
    return 1;
  }

  private long pages() {
    return Math.ceilDiv(kv.context(), kv.blockSize());
  }

  /** Two vectors, minimum and maximum, a page and KV head. */
  private long digestBytes() {
    KvType type = PageBounds.typeFor(kv.type());
    return 2 * pages() * kv.kvHeads() * type.headBytes(kv.headDim());
  }

  private long selectedKvBytes() {
    return 2L * kv.kvHeads() * budgetTokens * kv.type().headBytes(kv.headDim());
  }

  /** Bytes of the part that every call reads as a whole: the keys, or the digests. */
  private long scannedBytes() {
    return step == TopKKernel.KEY_SCORING ? kv.keyBytes() : digestBytes();
  }

  private long kvBytes() {
    return 2 * kv.keyBytes();
  }

  /**
   * Distinct keys or digests to rotate over; a multiple of the sequences, which they go round with.
   */
  int copies() {
    int copies = KvShape.sequences(wantedWorkingSetBytes, scannedBytes());
    return step == TopKKernel.SPARSE_STEP
        ? Math.multiplyExact(Math.ceilDiv(copies, sequences()), sequences())
        : copies;
  }

  /**
   * Sequences in the KV cache. The digests alone are copied where the keys are not read at all. The
   * sparse step reads other pages of a sequence at each visit: it needs as many sequences as fill
   * the working set, or a cache would hold all pages of a short one.
   */
  int sequences() {
    return switch (step) {
      case DIGEST_SCAN -> 1;
      case KEY_SCORING -> KvShape.sequences(wantedWorkingSetBytes, kv.keyBytes());
      case SPARSE_STEP -> KvShape.sequences(wantedWorkingSetBytes, kvBytes());
    };
  }

  @Override
  public long workingSetBytes() {
    long scanned = scannedBytes() * copies();
    return step == TopKKernel.SPARSE_STEP ? scanned + kvBytes() * sequences() : scanned;
  }

  /** Keys and values of all sequences, and the digests. */
  @Override
  public long memoryBytes() {
    long digests = step == TopKKernel.KEY_SCORING ? 0 : digestBytes() * copies();
    return kvBytes() * sequences() + digests;
  }

  @Override
  public Map<String, Long> bytes() {
    long query = (long) Float.BYTES * kv.queryHeads() * kv.headDim();
    return switch (step) {
      case DIGEST_SCAN ->
          Map.of(
              "index", digestBytes(), "activations", query + Float.BYTES * kv.kvHeads() * pages());
      case KEY_SCORING ->
          Map.of(
              "kv",
              kv.keyBytes(),
              "activations",
              query + (long) Float.BYTES * kv.kvHeads() * kv.context());
      case SPARSE_STEP ->
          Map.of("index", digestBytes(), "kv", selectedKvBytes(), "activations", 2 * query);
    };
  }

  /** A multiply-add a query head and element; Quest's maximum of two products counts as two. */
  @Override
  public long flops() {
    long digest = 4L * kv.queryHeads() * pages() * kv.headDim();
    return switch (step) {
      case DIGEST_SCAN -> digest;
      case KEY_SCORING -> 2L * kv.queryHeads() * kv.context() * kv.headDim();
      case SPARSE_STEP -> digest + 4L * kv.queryHeads() * kv.headDim() * budgetTokens;
    };
  }
}
