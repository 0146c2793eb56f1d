package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;

/**
 * Load-only bandwidth: every worker sums its own part of a buffer, over and over. A read allocates
 * nothing; a probe serves one caller at a time.
 */
public final class ReadProbe {
  // Batches long enough for the clock and short enough that one of them is undisturbed.
  private static final long BATCH_BYTES_PER_THREAD = 64L << 20;
  private static final long COMPILE_BYTES = 16 << 10;

  private final WorkerTeam team;
  private final MemorySegment data;
  private final PartialSums sums;
  private final WorkerTeam.Task task = this::readShare;
  private ReadShape shape = ReadShape.TWO_STREAMS_BY_2;
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
   * Runs every shape on a small buffer until the JIT compiler has most likely replaced the
   * interpreter's slow vector operations; any thread may do it beforehand.
   *
   * @param nanosecondsPerShape 60 ms are enough where a core is free
   */
  public static void compileShapes(long nanosecondsPerShape) {
    try (Arena arena = Arena.ofShared()) {
      MemorySegment small = arena.allocate(COMPILE_BYTES, 64);
      for (ReadShape each : ReadShape.values()) {
        long end = System.nanoTime() + nanosecondsPerShape;
        while (System.nanoTime() < end) {
          each.sum(small, 0, COMPILE_BYTES, 1);
        }
      }
    }
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
   * Bandwidth of the fastest of several batches; at least one batch runs.
   *
   * @param nanoseconds how long to go on
   */
  public double bytesPerSecond(ReadShape shape, long nanoseconds) {
    int batch = batchPasses();
    long start = System.nanoTime();
    long before = start;
    long fastest = Long.MAX_VALUE;
    do {
      read(shape, batch);
      long after = System.nanoTime();
      fastest = Math.min(fastest, after - before);
      before = after;
    } while (before - start < nanoseconds);
    return (double) batch * data.byteSize() * 1e9 / Math.max(1, fastest);
  }

  private int batchPasses() {
    return (int) Math.max(1, BATCH_BYTES_PER_THREAD * team.size() / data.byteSize());
  }

  private void readShare(int worker, int workers) {
    long share = data.byteSize() / workers;
    sums.set(worker, shape.sum(data, worker * share, share, passes));
  }
}
