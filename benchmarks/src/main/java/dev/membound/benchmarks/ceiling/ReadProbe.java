package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.Map;

/**
 * Load-only bandwidth: every worker sums its own part of a buffer, over and over. A read allocates
 * nothing; a probe serves one caller at a time.
 */
public final class ReadProbe {
  /** For people, where {@link #compileShapes} has given up for good. */
  public static final String NOT_COMPILED =
      "the loops of the read probe were not compiled in time: read ceilings may be too low, and"
          + " shares of them too high";

  private static final long COMPILE_BYTES = 16 << 10;
  // More than one pass a call: code compiled for a single pass would be thrown away at the second.
  private static final int COMPILE_PASSES = 8;
  // Interpreted and C1 code read up to 2 GB/s, C2 code above 20 on any vector width.
  private static final double SLOWEST_COMPILED_BYTES_PER_SECOND = 8e9;
  private static final long LONGEST_COMPILE_NANOSECONDS = 1_500_000_000;
  private static final int MAX_BATCHES = 1024;
  private static boolean compiled;

  private final WorkerTeam team;
  private final MemorySegment data;
  private final PartialSums sums;
  private final WorkerTeam.Task task = this::readShare;
  private ReadShape shape = ReadShape.TWO_STREAMS_BY_2;
  private final double[] batches = new double[MAX_BATCHES];
  private int passes;

  /**
   * @param data shared evenly by the team
   * @throws IllegalArgumentException if the shares are no multiples of {@link
   *     ReadShape#GRANULE_BYTES}
   */
  ReadProbe(WorkerTeam team, MemorySegment data) {
    ProbeBuffer.check("read", data.byteSize(), team.size(), ReadShape.GRANULE_BYTES);
    this.team = team;
    this.data = data;
    this.sums = new PartialSums(team.size());
  }

  /**
   * Allocates and fills a buffer.
   *
   * @param bytes of all workers together, a multiple of {@link ReadShape#GRANULE_BYTES} for each
   */
  public static ReadProbe allocate(Arena arena, WorkerTeam team, long bytes) {
    ProbeBuffer.check("read", bytes, team.size(), ReadShape.GRANULE_BYTES);
    return new ReadProbe(team, ProbeBuffer.filled(arena, team, bytes));
  }

  /**
   * Runs every shape on a small buffer until the JIT compiler has replaced the interpreter's slow
   * vector operations, as their speed tells: about 0.3 s, at most 1.5 s. Once a process: a second
   * caller waits for the first, and goes on where that one gave up.
   *
   * @return whether it was seen that all are compiled
   */
  public static synchronized boolean compileShapes() {
    compiled =
        compiled || compileShapes(SLOWEST_COMPILED_BYTES_PER_SECOND, LONGEST_COMPILE_NANOSECONDS);
    return compiled;
  }

  static boolean compileShapes(double slowestCompiledBytesPerSecond, long longestNanoseconds) {
    // The kind of arena that the benchmarks use: a second kind at one access site slows both.
    try (Arena arena = Arena.ofShared()) {
      MemorySegment small = arena.allocate(COMPILE_BYTES, 64);
      long start = System.nanoTime();
      double slowest;
      do {
        slowest = Double.POSITIVE_INFINITY;
        for (ReadShape each : ReadShape.values()) {
          slowest = Math.min(slowest, compileTurn(each, small));
        }
      } while (slowest < slowestCompiledBytesPerSecond
          && System.nanoTime() - start < longestNanoseconds);
      return slowest >= slowestCompiledBytesPerSecond;
    }
  }

  private static double compileTurn(ReadShape shape, MemorySegment small) {
    long start = System.nanoTime();
    shape.sum(small, 0, small.byteSize(), COMPILE_PASSES);
    return COMPILE_PASSES * small.byteSize() * 1e9 / Math.max(1, System.nanoTime() - start);
  }

  /** Reads the whole buffer {@code passes} times; returns the wrapping sum of its 32-bit words. */
  public int read(ReadShape shape, int passes) {
    this.shape = shape;
    this.passes = passes;
    team.run(task);
    return sums.total();
  }

  /**
   * The shape with the highest bandwidth in short trials, each shape taking its turn twice. Call
   * {@link #compileShapes} first.
   *
   * @param nanosecondsPerShape length of a trial
   * @throws IllegalStateException if two shapes disagree about the sum
   */
  public ReadShape fastestShape(long nanosecondsPerShape) {
    Map<ReadShape, Double> best = new EnumMap<>(ReadShape.class);
    int expected = read(ReadShape.TWO_STREAMS_BY_2, 1);
    for (int turn = 0; turn < 2; turn++) {
      for (ReadShape each : ReadShape.values()) {
        int sum = read(each, 1);
        if (sum != expected) {
          throw new IllegalStateException(each + " summed " + sum + ", expected " + expected);
        }
        best.merge(each, bytesPerSecond(each, nanosecondsPerShape / 2), Math::max);
      }
    }
    return best.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow().getKey();
  }

  /**
   * Median bandwidth of batches of equal size; at least one batch runs. The median passes over
   * short interruptions, and unlike the best batch it does not favour the faster of two states that
   * take turns.
   *
   * @param nanoseconds how long to go on
   */
  public double bytesPerSecond(ReadShape shape, long nanoseconds) {
    int batchPasses = CallSize.passes(data.byteSize(), team.size());
    double batchBytes = (double) batchPasses * data.byteSize();
    long start = System.nanoTime();
    long before = start;
    int count = 0;
    do {
      read(shape, batchPasses);
      long after = System.nanoTime();
      batches[count++] = batchBytes * 1e9 / Math.max(1, after - before);
      before = after;
    } while (before - start < nanoseconds && count < MAX_BATCHES);
    Arrays.sort(batches, 0, count);
    return batches[count / 2];
  }

  private void readShare(int worker, int workers) {
    long share = data.byteSize() / workers;
    sums.set(worker, shape.sum(data, worker * share, share, passes));
  }
}
