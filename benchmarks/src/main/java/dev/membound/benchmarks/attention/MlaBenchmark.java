package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.host.WorkingSetSize;
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
 * memory. Successive calls rotate over sequences, so that they really stream from DRAM: 65,536
 * tokens in FP8 take 41 MiB, little more than a last-level cache.
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

  @Param("65536")
  public int context;

  /** Distinct cache bytes, at least one sequence; 0 sizes them for this machine's caches. */
  @Param("0")
  public long workingSetBytes;

  private MlaCache cache;
  private BlockTable[] tables;
  private int next;
  private MlaAttention attention;
  private AttentionState state;
  private float[] query;

  @Setup(Level.Trial)
  public void prepare() {
    SplittableRandom random = new SplittableRandom(SEED);
    fillCache(random);
    query = new float[heads * MlaCache.WIDTH];
    fill(query, random);
    attention =
        MlaAttention.plan(
            heads, SCALE, MeasuredKernel.start(threads, rotatedBytes(), Residency.DRAM));
    state = AttentionState.create(heads, MlaCache.LATENT);
    WarmUp.untilCompiled(this::call);
  }

  @Benchmark
  public AttentionState attend(TrafficCounters traffic) {
    call();
    long activations = (long) Float.BYTES * heads * (MlaCache.WIDTH + MlaCache.LATENT);
    traffic.add(sequenceBytes() + activations, flops());
    return state;
  }

  private void call() {
    attention.attend(query, cache, tables[next], state);
    next = next + 1 == tables.length ? 0 : next + 1;
  }

  /**
   * As many sequences as fill the working set, one after the other: each has neighbouring blocks.
   */
  private void fillCache(SplittableRandom random) {
    long bytes = WorkingSetSize.of(workingSetBytes, Residency.DRAM, threads);
    int blocks = Math.ceilDiv(context, BLOCK_SIZE);
    tables = new BlockTable[KvShape.sequences(bytes, sequenceBytes())];
    cache =
        MlaCache.allocate(
            format,
            BLOCK_SIZE,
            Math.multiplyExact(blocks, tables.length),
            Arena.ofShared()); // as long as the JVM
    float[] token = new float[MlaCache.WIDTH];
    for (int sequence = 0; sequence < tables.length; sequence++) {
      tables[sequence] = BlockTable.withCapacity(BLOCK_SIZE, blocks);
      for (int i = 0; i < context; i++) {
        fill(token, random);
        cache.append(tables[sequence], token);
      }
    }
  }

  /** Distinct bytes that successive calls rotate over. */
  long rotatedBytes() {
    return tables.length * sequenceBytes();
  }

  private long sequenceBytes() {
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
