package dev.membound.benchmarks.topk;

import dev.membound.benchmarks.attention.KvSequences;
import dev.membound.benchmarks.attention.KvShape;
import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.StepComparison;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.topk.KeyScorer;
import dev.membound.kernels.topk.TopKSelector;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;

/**
 * Scoring all keys and selecting the top k of each KV head's scores, in turn; a fork ends with a
 * line that compares their times.
 *
 * <pre>{@code ./membound bench SelectBenchmark -p context=131072,1048576}
 * </pre>
 */
public class SelectBenchmark extends KernelBenchmark {
  @Param("INT8")
  public KvType format;

  @Param("1")
  public int queryHeads;

  @Param("1")
  public int kvHeads;

  @Param("128")
  public int headDim;

  @Param({"131072", "1048576"})
  public int context;

  @Param("2048")
  public int k;

  private final StepComparison comparison = new StepComparison("scan", "selection");
  private KvSequences sequences;
  private KeyScorer scorer;
  private final TopKSelector selector = new TopKSelector();
  private float[] scores;
  private int[] selected;

  @Setup(Level.Trial)
  public void prepare() {
    if (k < 1 || k > context) {
      throw new IllegalArgumentException(
          "k=" + k + " is not between 1 and the " + context + " tokens of the context");
    }
    KvShape shape = new KvShape(format, queryHeads, kvHeads, headDim, context, 16);
    int copies = KvShape.sequences(WorkingSetSize.of(0, Residency.DRAM, threads), shape.keyBytes());
    sequences =
        KvSequences.fill(shape, copies, false, PagedKvCache.DEFAULT_LAYOUT, Arena.ofShared());
    scorer =
        KeyScorer.plan(
            shape.attention(),
            format,
            MeasuredKernel.start(threads, copies * shape.keyBytes(), Residency.DRAM));
    scores = new float[kvHeads * context];
    selected = new int[k];
    WarmUp.untilCompiled(
        () -> {
          scan();
          select();
        });
  }

  @Benchmark
  public int[] scanThenSelect() {
    long start = System.nanoTime();
    scan();
    long between = System.nanoTime();
    select();
    comparison.add(between - start, System.nanoTime() - between);
    return selected;
  }

  @Setup(Level.Iteration)
  public void startIteration(IterationParams iteration) {
    comparison.startIteration(iteration.getType());
  }

  @TearDown(Level.Trial)
  public void summarise() {
    System.out.printf("%n%s%n", comparison.summary());
  }

  private void scan() {
    scorer.scoreGroups(sequences.query(), sequences.cache(), sequences.table(), scores);
    sequences.next();
  }

  private void select() {
    for (int head = 0; head < kvHeads; head++) {
      selector.select(scores, head * context, context, k, selected, 0);
    }
  }
}
