package dev.membound.peers.bench;

import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.model.run.Residency;
import dev.membound.peers.KvFormat;
import dev.membound.peers.Peer;
import dev.membound.peers.PeerAttention;
import dev.membound.peers.PeerCheck;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** A peer's decode attention; before it is timed a head of its result is checked. */
public class PeerAttentionBenchmark extends KernelBenchmark {
  private static final long SEED = 1;

  @Param({"ONNX_RUNTIME", "GGML"})
  public Peer peer;

  @Param("F16")
  public KvFormat format;

  @Param("32")
  public int queryHeads;

  @Param("8")
  public int kvHeads;

  @Param("128")
  public int headDim;

  @Param("32768")
  public int context;

  /** Distinct KV bytes, at least one sequence; 0 sizes them as our own benchmark does. */
  @Param("0")
  public long workingSetBytes;

  private PeerAttention[] sequences;
  private int next;
  private long callBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    AttentionShape shape = new AttentionShape(queryHeads, kvHeads, headDim);
    PeerAttentionWorkload workload =
        new PeerAttentionWorkload(
            peer,
            format,
            shape,
            context,
            threads,
            WorkingSetSize.of(workingSetBytes, Residency.DRAM, threads));
    float[] q = new float[shape.queryLength()];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < q.length; i++) {
      q[i] = (float) (random.nextDouble() - 0.5);
    }
    sequences = new PeerAttention[workload.sequences()];
    for (int i = 0; i < sequences.length; i++) {
      sequences[i] = peer.attention(shape, format, context, SEED + 2L * i, threads);
      PeerCheck.requireRight(sequences[i], q, queryHeads, queryHeads - 1);
    }
    // After the check: see PeerGemvBenchmark.
    MeasuredKernel.start(threads, workload.workingSetBytes(), workload.residency());
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    callFlops = workload.flops();
    WarmUp.untilCompilersRest(this::call);
  }

  @Benchmark
  public PeerAttention attend(TrafficCounters traffic) {
    PeerAttention attended = sequences[next];
    call();
    traffic.add(callBytes, callFlops);
    return attended;
  }

  private void call() {
    sequences[next].attend();
    next = next + 1 == sequences.length ? 0 : next + 1;
  }
}
