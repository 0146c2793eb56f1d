package dev.membound.peers.bench;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.model.run.Residency;
import dev.membound.peers.KvFormat;
import dev.membound.peers.KvTensor;
import dev.membound.peers.Peer;
import java.util.Map;

/**
 * Decode attention of one new token over a whole context by a peer, from DRAM.
 *
 * @param context tokens
 * @param wantedWorkingSetBytes distinct KV bytes to rotate over; at least one sequence is used
 */
public record PeerAttentionWorkload(
    Peer peer,
    KvFormat kv,
    AttentionShape heads,
    int context,
    int threads,
    long wantedWorkingSetBytes)
    implements Workload {

  /**
   * @throws IllegalArgumentException if the peer lacks the format
   */
  public PeerAttentionWorkload {
    if (!peer.attends(kv)) {
      throw new IllegalArgumentException(peer.label() + " has no attention over " + kv);
    }
  }

  @Override
  public Class<?> benchmark() {
    return PeerAttentionBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "peer", peer.name(),
        "format", kv.name(),
        "queryHeads", Integer.toString(heads.queryHeads()),
        "kvHeads", Integer.toString(heads.kvHeads()),
        "headDim", Integer.toString(heads.headDim()),
        "context", Integer.toString(context),
        "threads", Integer.toString(threads),
        "workingSetBytes", Long.toString(wantedWorkingSetBytes));
  }

  @Override
  public String kernel() {
    return "attention";
  }

  @Override
  public String format() {
    return kv.name();
  }

  /** The peer: its layout is its own affair. */
  @Override
  public String layout() {
    return peer.name();
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of(
        "queryHeads", (long) heads.queryHeads(),
        "kvHeads", (long) heads.kvHeads(),
        "headDim", (long) heads.headDim(),
        "context", (long) context);
  }

  @Override
  public boolean allocates() {
    return true;
  }

  @Override
  public int batch() {
    return 1;
  }

  @Override
  public Residency residency() {
    return Residency.DRAM;
  }

  private long sequenceBytes() {
    return 2 * KvTensor.byteSize(kv, heads.kvHeads(), context, heads.headDim());
  }

  int sequences() {
    return Rotation.count("sequences", wantedWorkingSetBytes, sequenceBytes());
  }

  @Override
  public long workingSetBytes() {
    return sequences() * sequenceBytes();
  }

  /** Unique bytes: what a kernel reads that reads everything once. */
  @Override
  public Map<String, Long> bytes() {
    return Map.of("kv", sequenceBytes(), "activations", 2L * Float.BYTES * heads.queryLength());
  }

  @Override
  public long flops() {
    return 4L * heads.queryLength() * context;
  }
}
