package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * Peak single-precision multiply-adds from registers: enough independent accumulators to cover the
 * latency of two FMA units (4 to 5 cycles each), few enough for 16 registers.
 */
public final class FmaProbe {
  static final int ACCUMULATORS = 12;

  private final WorkerTeam team;
  private final PartialSums sums;
  private final WorkerTeam.Task task = this::multiplyAddShare;
  private float factor;
  private int turns;

  /** A probe on a team of its kernel. */
  public FmaProbe(WorkerTeam team) {
    this.team = team;
    this.sums = new PartialSums(team.size());
  }

  /** Floating-point operations of {@link #multiplyAdd} on a team of {@code threads}. */
  static long flops(int threads, int turns) {
    return 2L * ACCUMULATORS * Species.FLOATS * turns * threads;
  }

  /**
   * Starts accumulator {@code i} of 12 at {@code i} and adds {@code factor²} {@code turns} times to
   * each of its lanes.
   *
   * @return sum over lanes, accumulators and workers, truncated to an integer a worker
   */
  int multiplyAdd(float factor, int turns) {
    this.factor = factor;
    this.turns = turns;
    team.run(task);
    return sums.total();
  }

  /** The best of the batches that fit into {@code nanoseconds}, at least one. */
  public double flopsPerSecond(long nanoseconds) {
    long start = System.nanoTime();
    long shortest = Long.MAX_VALUE;
    long now = start;
    int guard = 0;
    do {
      guard += multiplyAdd(1, FmaWorkload.TURNS);
      long after = System.nanoTime();
      shortest = Math.min(shortest, after - now);
      now = after;
    } while (now - start < nanoseconds);
    if (guard == Integer.MIN_VALUE) {
      throw new AssertionError("sums are positive");
    }
    return flops(team.size(), FmaWorkload.TURNS) * 1e9 / shortest;
  }

  private void multiplyAddShare(int worker, int workers) {
    sums.set(worker, (int) multiplyAddOnce(factor, turns));
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static float multiplyAddOnce(float factor, int turns) {
    FloatVector f = FloatVector.broadcast(Species.FLOAT, factor);
    // different starts, so that no compiler may find two accumulators to be one
    FloatVector a = FloatVector.zero(Species.FLOAT);
    FloatVector b = FloatVector.broadcast(Species.FLOAT, 1);
    FloatVector c = FloatVector.broadcast(Species.FLOAT, 2);
    FloatVector d = FloatVector.broadcast(Species.FLOAT, 3);
    FloatVector e = FloatVector.broadcast(Species.FLOAT, 4);
    FloatVector g = FloatVector.broadcast(Species.FLOAT, 5);
    FloatVector h = FloatVector.broadcast(Species.FLOAT, 6);
    FloatVector k = FloatVector.broadcast(Species.FLOAT, 7);
    FloatVector l = FloatVector.broadcast(Species.FLOAT, 8);
    FloatVector m = FloatVector.broadcast(Species.FLOAT, 9);
    FloatVector n = FloatVector.broadcast(Species.FLOAT, 10);
    FloatVector o = FloatVector.broadcast(Species.FLOAT, 11);
    for (int i = 0; i < turns; i++) {
      a = f.fma(f, a);
      b = f.fma(f, b);
      c = f.fma(f, c);
      d = f.fma(f, d);
      e = f.fma(f, e);
      g = f.fma(f, g);
      h = f.fma(f, h);
      k = f.fma(f, k);
      l = f.fma(f, l);
      m = f.fma(f, m);
      n = f.fma(f, n);
      o = f.fma(f, o);
    }
    FloatVector first = a.add(b).add(c).add(d).add(e).add(g);
    FloatVector second = h.add(k).add(l).add(m).add(n).add(o);
    return first.add(second).reduceLanes(VectorOperators.ADD);
  }
}
