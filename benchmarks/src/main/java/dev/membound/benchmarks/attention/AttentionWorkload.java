package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.Map;

/**
 * Decode attention of one new token over a whole context.
 *
 * @param scattered whether the blocks lie in random order
 * @param wantedWorkingSetBytes distinct KV bytes to rotate over; at least one sequence is used
 */
public record AttentionWorkload(
    KvShape kv, boolean scattered, int threads, Residency residency, long wantedWorkingSetBytes)
    implements Workload {

  /** {@link #layout()} of sequences whose blocks are neighbours. */
  public static final String PAGED = "PAGED";

  /** {@link #layout()} of sequences whose blocks, whole ones of all heads, lie in random order. */
  public static final String SCATTERED = "PAGED_SCATTERED";

  @Override
  public Class<?> benchmark() {
    return AttentionBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "format", kv.type().name(),
        "queryHeads", Integer.toString(kv.queryHeads()),
        "kvHeads", Integer.toString(kv.kvHeads()),
        "headDim", Integer.toString(kv.headDim()),
        "context", Integer.toString(kv.context()),
        "blockSize", Integer.toString(kv.blockSize()),
        "scattered", Boolean.toString(scattered),
        "threads", Integer.toString(threads),
        "residency", residency.name(),
        "workingSetBytes", Long.toString(wantedWorkingSetBytes));
  }

  @Override
  public String kernel() {
    return "attention";
  }

  @Override
  public String format() {
    return kv.type().name();
  }

  @Override
  public String layout() {
    return scattered ? SCATTERED : PAGED;
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of(
        "queryHeads", (long) kv.queryHeads(),
        "kvHeads", (long) kv.kvHeads(),
        "headDim", (long) kv.headDim(),
        "context", (long) kv.context(),
        "blockSize", (long) kv.blockSize());
  }

  @Override
  public int batch() {
    return 1;
  }

  int sequences() {
    return KvShape.sequences(wantedWorkingSetBytes, 2 * kv.keyBytes());
  }

  @Override
  public long workingSetBytes() {
    return 2 * kv.keyBytes() * sequences();
  }

  @Override
  public Map<String, Long> bytes() {
    // Query in, output out.
    return Map.of(
        "kv", 2 * kv.keyBytes(), "activations", 2L * Float.BYTES * kv.queryHeads() * kv.headDim());
  }

  /** A multiply-add a head and element for q·k, another for p·v; the softmax is not counted. */
  @Override
  public long flops() {
    return 4L * kv.queryHeads() * kv.headDim() * kv.context();
  }
}
