package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.host.WorkingSetSize;
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
 * Successive calls rotate over equal indices, so that they really stream from DRAM: the index of
 * 131,072 tokens takes 16.5 MiB, which a last-level cache may hold.
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

  /** Distinct bytes of keys, at least one index; 0 sizes them for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private LightningIndexer[] indexers;
  private int next;
  private WorkerTeam team;
  private float[] query;
  private float[] weights;
  private float[] scores;

  @Setup(Level.Trial)
  public void prepare() {
    SplittableRandom random = new SplittableRandom(SEED);
    indexers = indexers(random);
    query = new float[heads * LightningIndexer.DIM];
    fill(query, random);
    weights = new float[heads];
    fill(weights, random);
    scores = new float[context];
    team = MeasuredKernel.start(threads, rotatedBytes(), Residency.DRAM);
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public float[] scan(TrafficCounters traffic) {
    call();
    traffic.add(indexBytes() + (long) Float.BYTES * context, flops());
    return scores;
  }

  private void call() {
    indexers[next].scan(query, weights, scores, team);
    next = next + 1 == indexers.length ? 0 : next + 1;
  }

  /** Equal indices that fill the working set. */
  private LightningIndexer[] indexers(SplittableRandom random) {
    long bytes = WorkingSetSize.of(workingSetBytes, Residency.DRAM, threads);
    Arena arena = Arena.ofShared(); // as long as the JVM
    LightningIndexer[] equal = new LightningIndexer[KvShape.sequences(bytes, indexBytes())];
    for (int i = 0; i < equal.length; i++) {
      equal[i] = LightningIndexer.allocate(context, arena);
    }
    float[] key = new float[LightningIndexer.DIM];
    for (int token = 0; token < context; token++) {
      fill(key, random);
      for (LightningIndexer indexer : equal) {
        indexer.append(key);
      }
    }
    return equal;
  }

  /** Distinct bytes that successive calls rotate over. */
  long rotatedBytes() {
    return indexers.length * indexBytes();
  }

  private long indexBytes() {
    return (long) LightningIndexer.TOKEN_BYTES * context;
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
