package dev.membound.peers.bench;

import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import dev.membound.peers.Peer;
import java.util.Map;

/**
 * y = W·x by a peer, from DRAM.
 *
 * @param wantedWorkingSetBytes distinct weight bytes to rotate over; at least one matrix is used
 */
public record PeerGemvWorkload(
    Peer peer, QuantType type, int rows, int cols, int threads, long wantedWorkingSetBytes)
    implements Workload {

  /**
   * @throws IllegalArgumentException if the peer lacks the format
   */
  public PeerGemvWorkload {
    if (peer.bitsPerWeight(type).isEmpty()) {
      throw new IllegalArgumentException(peer.label() + " has no " + type);
    }
  }

  @Override
  public Class<?> benchmark() {
    return PeerGemvBenchmark.class;
  }

  @Override
  public Map<String, String> params() {
    return Map.of(
        "peer", peer.name(),
        "format", type.name(),
        "rows", Integer.toString(rows),
        "cols", Integer.toString(cols),
        "threads", Integer.toString(threads),
        "workingSetBytes", Long.toString(wantedWorkingSetBytes));
  }

  @Override
  public String kernel() {
    return "gemv";
  }

  @Override
  public String format() {
    return type.name();
  }

  /** The peer: its layout is its own affair. */
  @Override
  public String layout() {
    return peer.name();
  }

  @Override
  public Map<String, Long> shape() {
    return Map.of("rows", (long) rows, "cols", (long) cols);
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

  /** Weight bytes of one matrix as the peer keeps them. */
  long matrixBytes() {
    return (long) (peer.bitsPerWeight(type).orElseThrow() * rows * cols / Byte.SIZE);
  }

  int matrices() {
    return Rotation.count("matrices", wantedWorkingSetBytes, matrixBytes());
  }

  @Override
  public long workingSetBytes() {
    return matrices() * matrixBytes();
  }

  @Override
  public Map<String, Long> bytes() {
    return Map.of("weights", matrixBytes(), "activations", (long) Float.BYTES * (rows + cols));
  }

  @Override
  public long flops() {
    return 2L * rows * cols;
  }
}
