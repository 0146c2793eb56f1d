package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.model.run.Residency;
import java.util.Map;
import java.util.Optional;

/**
 * Decode attention of one new token for each sequence of a group with a shared prefix.
 *
 * @param wantedWorkingSetBytes distinct KV bytes to rotate over; at least one group is used
 */
public record SharedPrefixWorkload(
    PrefixReading reading,
    SharedPrefix group,
    int threads,
    Residency residency,
    long wantedWorkingSetBytes)
    implements Workload {
  @Override
  public Class<?> benchmark() {
    return SharedPrefixBenchmark.class;
  }

  @Override
  public Optional<String> method() {
    return Optional.of(reading.method());
  }

  @Override
  public Map<String, String> params() {
    KvShape prefix = group.prefix();
    return Map.ofEntries(
        Map.entry("format", prefix.type().name()),
        Map.entry("queryHeads", Integer.toString(prefix.queryHeads())),
        Map.entry("kvHeads", Integer.toString(prefix.kvHeads())),
        Map.entry("headDim", Integer.toString(prefix.headDim())),
        Map.entry("sequences", Integer.toString(group.sequences())),
        Map.entry("prefixTokens", Integer.toString(prefix.context())),
        Map.entry("suffixTokens", Integer.toString(group.suffixTokens())),
        Map.entry("blockSize", Integer.toString(prefix.blockSize())),
        Map.entry("threads", Integer.toString(threads)),
        Map.entry("residency", residency.name()),
        Map.entry("workingSetBytes", Long.toString(wantedWorkingSetBytes)));
  }

  @Override
  public String kernel() {
    return "attention";
  }

  @Override
  public String format() {
    return group.prefix().type().name();
  }

  @Override
  public String layout() {
    return reading.name();
  }

  @Override
  public Map<String, Long> shape() {
    KvShape prefix = group.prefix();
    return Map.of(
        "queryHeads", (long) prefix.queryHeads(),
        "kvHeads", (long) prefix.kvHeads(),
        "headDim", (long) prefix.headDim(),
        "prefixTokens", (long) prefix.context(),
        "suffixTokens", (long) group.suffixTokens(),
        "blockSize", (long) prefix.blockSize());
  }

  /** Sequences of a group. */
  @Override
  public int batch() {
    return group.sequences();
  }

  /** Groups to rotate over. */
  int groups() {
    return KvShape.sequences(wantedWorkingSetBytes, distinctKvBytes());
  }

  @Override
  public long workingSetBytes() {
    return distinctKvBytes() * groups();
  }

  /** Each byte once, however often {@link PrefixReading#FLAT} reads it. */
  @Override
  public Map<String, Long> bytes() {
    return Map.of("kv", distinctKvBytes(), "activations", activationBytes());
  }

  /** Bytes that the kernel loads, those of a flat prefix once for each sequence. */
  long loadedBytes() {
    long tokens =
        switch (reading) {
          case CASCADE -> group.distinctTokens();
          case FLAT -> group.attendedTokens();
        };
    return tokens * group.tokenBytes() + activationBytes();
  }

  /** A multiply-add a head and element for q·k, another for p·v; the same for both readings. */
  @Override
  public long flops() {
    KvShape prefix = group.prefix();
    return 4L * prefix.queryHeads() * prefix.headDim() * group.attendedTokens();
  }

  private long distinctKvBytes() {
    return group.distinctTokens() * group.tokenBytes();
  }

  /** Queries in, outputs out. */
  private long activationBytes() {
    KvShape prefix = group.prefix();
    return 2L * Float.BYTES * group.sequences() * prefix.queryHeads() * prefix.headDim();
  }
}
