package dev.membound.benchmarks.gemv;

import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.gemv.ActivationPath;
import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.quant.QuantType;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * Quantized matrix × 1 to 16 vectors. Successive calls rotate over distinct matrices, so that a
 * working set beyond the last cache really streams from DRAM.
 *
 * <pre>{@code ./membound bench GemvBenchmark -p format=Q8_0,Q4_0 -p layout=PACKED -p threads=1,2}
 * </pre>
 */
public class GemvBenchmark extends KernelBenchmark {
  private static final long SEED = 1;

  @Param({"F32", "F16", "BF16", "Q8_0", "Q4_0"})
  public QuantType format;

  @Param({"FILE", "PACKED"})
  public MatrixLayout layout;

  @Param("14336")
  public int rows;

  @Param("4096")
  public int cols;

  /** Vectors a call. */
  @Param("1")
  public int batch;

  @Param("DEFAULT")
  public ActivationChoice activations;

  @Param("DRAM")
  public Residency residency;

  /** Distinct weight bytes, at least one matrix; 0 sizes them for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private Gemv gemv;
  private WeightMatrix[] matrices;
  private float[] x;
  private float[] y;
  private int next;
  private long callBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    ActivationPath path = activations.path(format, layout, batch);
    long bytes = WorkingSetSize.of(workingSetBytes, residency, threads);
    GemvWorkload workload =
        new GemvWorkload(format, layout, rows, cols, batch, path, threads, residency, bytes);
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    gemv = Gemv.plan(format, layout, rows, cols, batch, path, team);
    Arena arena =
        Arena.ofShared(); // as long as the JVM: the last iteration is sampled after teardown
    matrices = new WeightMatrix[workload.matrices()];
    matrices[0] = WeightMatrix.random(format, layout, rows, cols, SEED, arena);
    for (int i = 1; i < matrices.length; i++) {
      matrices[i] = copy(matrices[0], arena);
    }
    x = new float[batch * cols];
    y = new float[batch * rows];
    SplittableRandom random = new SplittableRandom(SEED);
    for (int i = 0; i < x.length; i++) {
      x[i] = (float) (random.nextDouble() - 0.5);
    }
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    callFlops = workload.flops();
    WarmUp.untilCompiled(this::call);
  }

  /** Other memory, the same values: encoding them anew can take longer than measuring. */
  private static WeightMatrix copy(WeightMatrix w, Arena arena) {
    MemorySegment data = OffHeap.allocate(arena, w.byteSize()).copyFrom(w.data());
    return new WeightMatrix(w.type(), w.layout(), w.rows(), w.cols(), data);
  }

  @Benchmark
  public float[] multiply(TrafficCounters traffic) {
    call();
    traffic.add(callBytes, callFlops);
    return y;
  }

  private void call() {
    gemv.multiply(matrices[next], x, y);
    next = next + 1 == matrices.length ? 0 : next + 1;
  }
}
