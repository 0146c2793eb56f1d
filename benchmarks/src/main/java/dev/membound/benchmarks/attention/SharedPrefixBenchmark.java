package dev.membound.benchmarks.attention;

import dev.membound.benchmarks.host.WorkingSetSize;
import dev.membound.benchmarks.suite.KernelBenchmark;
import dev.membound.benchmarks.suite.MeasuredKernel;
import dev.membound.benchmarks.suite.StepComparison;
import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.benchmarks.suite.WarmUp;
import dev.membound.kernels.attention.AttentionOptions;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.CascadeAttention;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;

/**
 * Decode attention of sequences that share a prefix: {@link #cascade} reads it once for all of
 * them, {@link #flat} once for each. Both count each byte once, so their rates and shares of the
 * read ceiling compare as their times do. {@link #flatThenCascade} times them in turn, and a fork
 * of it ends with a line that has the speed-up.
 *
 * <pre>
 * {@code ./membound bench --roofline SharedPrefixBenchmark -p kvHeads=8,32 -p sequences=1,4,16}
 * </pre>
 */
public class SharedPrefixBenchmark extends KernelBenchmark {
  /** What {@link #flat} loads, from whichever level: more than the bytes that are distinct. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Loads {
    /**
     * Bytes so far in this iteration, those of a prefix once for each sequence; JMH reports B/s.
     */
    public long loadedBytes;
  }

  @Param("F16")
  public KvType format;

  @Param("32")
  public int queryHeads;

  @Param("8")
  public int kvHeads;

  @Param("128")
  public int headDim;

  /** Sequences that share a prefix, one new token each. */
  @Param("8")
  public int sequences;

  /** Tokens that all sequences begin with, whole blocks. */
  @Param("32768")
  public int prefixTokens;

  /** Tokens that each sequence has for itself. */
  @Param("256")
  public int suffixTokens;

  @Param("16")
  public int blockSize;

  @Param("DRAM")
  public Residency residency;

  /** Distinct KV bytes, at least one prefix with its suffixes; 0 sizes them for this machine. */
  @Param("0")
  public long workingSetBytes;

  private final StepComparison comparison = new StepComparison("flat", "cascade");
  private PrefixGroups groups;
  private CascadeAttention cascade;
  private PagedAttention flat;
  private AttentionState[] cascadeStates;
  private AttentionState[] flatStates;
  private long callBytes;
  private long flatLoadedBytes;
  private long callFlops;

  @Setup(Level.Trial)
  public void prepare() {
    KvShape prefix = new KvShape(format, queryHeads, kvHeads, headDim, prefixTokens, blockSize);
    SharedPrefix group = new SharedPrefix(prefix, suffixTokens, sequences);
    SharedPrefixWorkload workload =
        new SharedPrefixWorkload(
            PrefixReading.FLAT,
            group,
            threads,
            residency,
            WorkingSetSize.of(workingSetBytes, residency, threads));
    callBytes = workload.bytes().values().stream().mapToLong(Long::longValue).sum();
    flatLoadedBytes = workload.loadedBytes();
    callFlops = workload.flops();
    AttentionShape shape = prefix.attention();
    WorkerTeam team = MeasuredKernel.start(threads, workload.workingSetBytes(), residency);
    cascade =
        CascadeAttention.plan(
            shape, AttentionOptions.of(shape), format, blockSize, sequences, team);
    flat = PagedAttention.plan(shape, format, blockSize, team);
    groups = PrefixGroups.fill(group, workload.groups(), Arena.ofShared()); // as long as the JVM
    cascadeStates = states();
    flatStates = states();
    WarmUp.untilCompiled(
        () -> {
          callFlat();
          callCascade();
        });
  }

  @Benchmark
  public AttentionState[] cascade(TrafficCounters traffic) {
    callCascade();
    traffic.add(callBytes, callFlops);
    return cascadeStates;
  }

  @Benchmark
  public AttentionState[] flat(TrafficCounters traffic, Loads loads) {
    callFlat();
    traffic.add(callBytes, callFlops);
    loads.loadedBytes += flatLoadedBytes;
    return flatStates;
  }

  /** Each on another group where there are several, so that neither finds what the other read. */
  @Benchmark
  public AttentionState[] flatThenCascade() {
    long start = System.nanoTime();
    callFlat();
    long between = System.nanoTime();
    callCascade();
    comparison.add(between - start, System.nanoTime() - between);
    return cascadeStates;
  }

  @Setup(Level.Iteration)
  public void startIteration(IterationParams iteration) {
    comparison.startIteration(iteration.getType());
  }

  @TearDown(Level.Trial)
  public void summarise() {
    if (!comparison.isEmpty()) {
      System.out.printf("%n%s%n", comparison.summary());
    }
  }

  private void callCascade() {
    cascade.attend(
        groups.queries(), groups.cache(), groups.prefix(), groups.suffixes(), cascadeStates);
    groups.next();
  }

  private void callFlat() {
    flat.attend(groups.queries(), groups.cache(), groups.flat(), flatStates);
    groups.next();
  }

  private AttentionState[] states() {
    return IntStream.range(0, sequences)
        .mapToObj(s -> AttentionState.create(queryHeads, headDim))
        .toArray(AttentionState[]::new);
  }
}
