package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.LightningIndexer;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * The scan of the DSA lightning indexer, bound by arithmetic: 124 FLOP a byte with 64 heads.
 *
 * <pre>{@code ./membound bench --roofline IndexerScanBenchmark -p threads=1,2}
 * </pre>
 */
public class IndexerScanBenchmark extends KernelBenchmark {
  private static final long SEED = 1;

  @Param("64")
  public int heads;

  @Param("131072")
  public int context;

  private LightningIndexer indexer;
  private WorkerTeam team;
  private float[] query;
  private float[] weights;
  private float[] scores;

  @Setup(Level.Trial)
  public void prepare() {
    indexer = LightningIndexer.allocate(context, Arena.ofShared()); // as long as the JVM
    SplittableRandom random = new SplittableRandom(SEED);
    float[] key = new float[LightningIndexer.DIM];
    for (int token = 0; token < context; token++) {
      fill(key, random);
      indexer.append(key);
    }
    query = new float[heads * LightningIndexer.DIM];
    fill(query, random);
    weights = new float[heads];
    fill(weights, random);
    scores = new float[context];
    team = MeasuredKernel.start(threads, indexer.bytesRead(), Residency.DRAM);
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public float[] scan(TrafficCounters traffic) {
    call();
    traffic.add(indexer.bytesRead() + (long) Float.BYTES * context, flops());
    return scores;
  }

  private void call() {
    indexer.scan(query, weights, scores, team);
  }

  /** A multiply-add a head and element. */
  private long flops() {
    return 2L * heads * LightningIndexer.DIM * context;
  }

  private static void fill(float[] values, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
  }
}
