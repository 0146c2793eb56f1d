package dev.membound.peers.bench;

import dev.membound.benchmarks.attention.AttentionWorkload;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.comparison.Comparison;
import dev.membound.benchmarks.comparison.Comparison.PeerKernel;
import dev.membound.benchmarks.comparison.PeerCatalogue;
import dev.membound.benchmarks.gemv.GemvWorkload;
import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import dev.membound.peers.KvFormat;
import dev.membound.peers.Peer;
import dev.membound.peers.PeerUnavailableException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The peers that Maven Central has, as far as they run here. */
public final class MavenPeers implements PeerCatalogue {
  /** Llama-3.1-8B's heads, as in our own plan. */
  private static final AttentionShape HEADS = new AttentionShape(32, 8, 128);

  private final List<Peer> available = new ArrayList<>();
  private final Map<Peer, String> unavailable = new EnumMap<>(Peer.class);

  /** Tries each peer once. */
  public MavenPeers() {
    for (Peer peer : Peer.values()) {
      try {
        peer.requireAvailable();
        available.add(peer);
      } catch (PeerUnavailableException e) {
        unavailable.put(peer, e.getMessage());
      }
    }
  }

  @Override
  public List<String> unavailable() {
    return List.copyOf(unavailable.values());
  }

  @Override
  public List<Comparison> gemv(int rows, int cols, int threads) {
    long bytes = workingSetBytes(threads);
    List<Comparison> comparisons = new ArrayList<>();
    for (QuantType type : QuantType.values()) {
      List<PeerKernel> peers =
          available.stream()
              .filter(peer -> peer.bitsPerWeight(type).isPresent())
              .map(
                  peer ->
                      new PeerKernel(
                          peer.label(),
                          new PeerGemvWorkload(peer, type, rows, cols, threads, bytes)))
              .toList();
      if (!peers.isEmpty()) {
        Workload ours =
            new GemvWorkload(
                type, MatrixLayout.PACKED, rows, cols, 1, threads, Residency.DRAM, bytes);
        comparisons.add(new Comparison(type.name(), (long) rows * cols, ours, peers));
      }
    }
    return comparisons;
  }

  @Override
  public List<Comparison> attention(int context, int threads) {
    long bytes = workingSetBytes(threads);
    long elements = 2L * HEADS.kvHeads() * HEADS.headDim() * context;
    List<Comparison> comparisons = new ArrayList<>();
    for (KvFormat format : KvFormat.values()) {
      List<PeerKernel> peers =
          available.stream()
              .filter(peer -> peer.attends(format))
              .map(
                  peer ->
                      new PeerKernel(
                          peer.label(),
                          new PeerAttentionWorkload(peer, format, HEADS, context, threads, bytes)))
              .toList();
      if (!peers.isEmpty()) {
        Workload ours = ourAttention(format, context, threads, bytes);
        comparisons.add(new Comparison(format.name(), elements, ours, peers));
      }
    }
    return comparisons;
  }

  /** Ours in pages of the default size, as the allocator hands them out; null without the type. */
  private static Workload ourAttention(KvFormat format, int context, int threads, long bytes) {
    return format
        .ours()
        .map(
            type ->
                new AttentionWorkload(
                    new KvShape(
                        type,
                        HEADS.queryHeads(),
                        HEADS.kvHeads(),
                        HEADS.headDim(),
                        context,
                        PagedKvCache.DEFAULT_BLOCK_SIZE),
                    false,
                    threads,
                    Residency.DRAM,
                    bytes))
        .orElse(null);
  }

  private static long workingSetBytes(int threads) {
    return WorkingSetSize.of(0, Residency.DRAM, threads);
  }
}
