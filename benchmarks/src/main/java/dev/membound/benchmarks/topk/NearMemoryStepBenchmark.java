package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.StepComparison;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.topk.KeyScorer;
import dev.membound.kernels.topk.PageBounds;
import dev.membound.kernels.topk.SelectionQuality;
import dev.membound.kernels.topk.SparseAttention;
import dev.membound.kernels.topk.StructuredKeys;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.Locale;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;

/**
 * The near-memory step (scan digests, select, attend) and the dense step in turn, on structured
 * keys, with the speed-up and what it costs: softmax mass and relative L2.
 *
 * <pre>
 * {@code ./membound bench NearMemoryStepBenchmark -p format=F16,INT8 -p budgetTokens=1024,2048}
 * </pre>
 */
public class NearMemoryStepBenchmark extends KernelBenchmark {
  private static final long SEED = 1;

  @Param("F16")
  public KvType format;

  @Param("32")
  public int queryHeads;

  @Param("8")
  public int kvHeads;

  @Param("128")
  public int headDim;

  @Param("131072")
  public int context;

  @Param("16")
  public int blockSize;

  /** Tokens attended to, whole blocks. */
  @Param("2048")
  public int budgetTokens;

  private final StepComparison comparison = new StepComparison("dense step", "near-memory step");
  private PagedKvCache cache;
  private BlockTable table;
  private float[] query;
  private PageBounds bounds;
  private PagedAttention dense;
  private SparseAttention sparse;
  private AttentionState denseState;
  private AttentionState sparseState;
  private double mass;
  private double relativeL2;

  @Setup(Level.Trial)
  public void prepare() {
    if (blockSize < 1 || budgetTokens < 1 || budgetTokens % blockSize != 0) {
      throw new IllegalArgumentException(
          "a budget of "
              + budgetTokens
              + " tokens in blocks of "
              + blockSize
              + ": it takes whole blocks of at least 1 token, at least 1");
    }
    if ((long) queryHeads * context > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(
          "%d scores of %d query heads; the quality beside the times takes %d at most"
              .formatted((long) queryHeads * context, queryHeads, Integer.MAX_VALUE));
    }
    AttentionShape shape = new AttentionShape(queryHeads, kvHeads, headDim);
    int pages = Math.ceilDiv(context, blockSize);
    Arena arena = Arena.ofShared(); // as long as the JVM
    cache = PagedKvCache.allocate(format, kvHeads, headDim, blockSize, pages, arena);
    table = BlockTable.withCapacity(blockSize, pages);
    query = StructuredKeys.withSeed(SEED).fill(cache, table, shape, context);
    bounds = PageBounds.build(cache, table, arena);
    WorkerTeam team =
        MeasuredKernel.start(threads, cache.bytesPerToken() * context, Residency.DRAM);
    dense = PagedAttention.plan(shape, format, blockSize, team);
    sparse = SparseAttention.plan(shape, format, blockSize, pages, team);
    denseState = AttentionState.create(queryHeads, headDim);
    sparseState = AttentionState.create(queryHeads, headDim);
    WarmUp.untilCompiled(this::both);
    float[] scores = new float[queryHeads * context];
    KeyScorer.plan(shape, format, team).score(query, cache, table, scores);
    SelectionQuality quality =
        SelectionQuality.measure(shape, table, sparse.selection(), scores, denseState, sparseState);
    mass = Arrays.stream(quality.mass()).average().orElseThrow();
    relativeL2 = Arrays.stream(quality.relativeL2()).average().orElseThrow();
  }

  @Benchmark
  public AttentionState denseThenSparse() {
    long start = System.nanoTime();
    dense();
    long between = System.nanoTime();
    sparse();
    comparison.add(between - start, System.nanoTime() - between);
    return sparseState;
  }

  @Setup(Level.Iteration)
  public void startIteration(IterationParams iteration) {
    comparison.startIteration(iteration.getType());
  }

  @TearDown(Level.Trial)
  public void summarise() {
    System.out.printf(
        Locale.ROOT,
        "%n%s; softmax mass %.3f, relative L2 %.3f (means over query heads)%n",
        comparison.summary(),
        mass,
        relativeL2);
  }

  private void both() {
    dense();
    sparse();
  }

  private void dense() {
    dense.attend(query, cache, table, denseState);
  }

  private void sparse() {
    sparse.attend(query, cache, table, bounds, budgetTokens / blockSize, sparseState);
  }
}
