package dev.membound.peers.bench;

import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import dev.membound.peers.Peer;
import dev.membound.peers.PeerCheck;
import dev.membound.peers.PeerGemv;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * A peer's matrix × vector, on the weights and with the rotation of our own benchmark. Before it is
 * timed its results are checked on rows spread over each matrix.
 */
public class PeerGemvBenchmark extends KernelBenchmark {
  private static final long SEED = 1;
  private static final int CHECKED_ROWS = 16;

  @Param({"ONNX_RUNTIME", "GGML", "JLAMA_NATIVE", "JLAMA_PANAMA"})
  public Peer peer;

  @Param("Q4_0")
  public QuantType format;

  @Param("14336")
  public int rows;

  @Param("4096")
  public int cols;

  /** Distinct weight bytes, at least one matrix; 0 sizes them as our own benchmark does. */
  @Param("0")
  public long workingSetBytes;

  private PeerGemv[] matrices;
  private int next;
  private long callBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    PeerGemvWorkload workload =
        new PeerGemvWorkload(
            peer,
            format,
            rows,
            cols,
            threads,
            WorkingSetSize.of(workingSetBytes, Residency.DRAM, threads));
    float[] x = new float[cols];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int c = 0; c < cols; c++) {
      x[c] = (float) (random.nextDouble() - 0.5);
    }
    Arena arena = Arena.ofShared(); // as long as the JVM, as in our own benchmark
    matrices = new PeerGemv[workload.matrices()];
    for (int i = 0; i < matrices.length; i++) {
      WeightMatrix weights = WeightMatrix.random(format, rows, cols, SEED + i, arena);
      matrices[i] = peer.gemv(weights, threads);
      // The peer's threads start here, before this one may be bound to a core: they would inherit
      // its core otherwise.
      PeerCheck.requireRight(matrices[i], weights, x, CHECKED_ROWS);
    }
    MeasuredKernel.start(threads, workload.workingSetBytes(), workload.residency());
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    callFlops = workload.flops();
    WarmUp.untilCompilersRest(this::call);
  }

  @Benchmark
  public PeerGemv multiply(TrafficCounters traffic) {
    PeerGemv multiplied = matrices[next];
    call();
    traffic.add(callBytes, callFlops);
    return multiplied;
  }

  private void call() {
    matrices[next].multiply();
    next = next + 1 == matrices.length ? 0 : next + 1;
  }
}
