package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.MlaAttention;
import dev.membound.kernels.attention.MlaCache;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.SplittableRandom;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * MLA decode in the absorbed form: all heads share a token's bytes, so arithmetic bounds it, not
 * memory.
 *
 * <pre>{@code ./membound bench --roofline MlaBenchmark -p format=BF16,FP8 -p heads=16,128}
 * </pre>
 */
public class MlaBenchmark extends KernelBenchmark {
  private static final long SEED = 1;
  private static final double SCALE = 1 / Math.sqrt(192);
  private static final int BLOCK_SIZE = 64;

  @Param({"BF16", "FP8"})
  public MlaCache.Format format;

  @Param("128")
  public int heads;

  /** From 65,536 on the cache is several times a last-level cache. */
  @Param("65536")
  public int context;

  private MlaCache cache;
  private BlockTable table;
  private MlaAttention attention;
  private AttentionState state;
  private float[] query;

  @Setup(Level.Trial)
  public void prepare() {
    int blocks = Math.ceilDiv(context, BLOCK_SIZE);
    cache = MlaCache.allocate(format, BLOCK_SIZE, blocks, Arena.ofShared()); // as long as the JVM
    table = BlockTable.withCapacity(BLOCK_SIZE, blocks);
    SplittableRandom random = new SplittableRandom(SEED);
    float[] token = new float[MlaCache.WIDTH];
    for (int i = 0; i < context; i++) {
      fill(token, random);
      cache.append(table, token);
    }
    query = new float[heads * MlaCache.WIDTH];
    fill(query, random);
    attention =
        MlaAttention.plan(
            heads, SCALE, MeasuredKernel.start(threads, cacheBytes(), Residency.DRAM));
    state = AttentionState.create(heads, MlaCache.LATENT);
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public AttentionState attend(TrafficCounters traffic) {
    call();
    long activations = (long) Float.BYTES * heads * (MlaCache.WIDTH + MlaCache.LATENT);
    traffic.add(cacheBytes() + activations, flops());
    return state;
  }

  private void call() {
    attention.attend(query, cache, table, state);
  }

  private long cacheBytes() {
    return (long) context * format.tokenBytes();
  }

  /** A multiply-add a head and element for scores and values; the softmax is not counted. */
  private long flops() {
    return 2L * heads * (MlaCache.WIDTH + MlaCache.LATENT) * context;
  }

  private static void fill(float[] values, SplittableRandom random) {
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (random.nextDouble() - 0.5);
    }
  }
}
