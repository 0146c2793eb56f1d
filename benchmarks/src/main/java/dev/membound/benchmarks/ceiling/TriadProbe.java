package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.FloatVector;
import org.openjdk.jmh.annotations.CompilerControl;

/** STREAM triad in single precision: {@code target[i] = b[i] + scale * c[i]}. */
final class TriadProbe {
  static final long GRANULE_BYTES = 4 * 64;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long STEP = Species.SHAPE.vectorBitSize() / Byte.SIZE;

  private final WorkerTeam team;
  private final MemorySegment b;
  private final MemorySegment c;
  private final MemorySegment target;
  private final float scale;
  private final WorkerTeam.Task task = this::triadShare;
  private int passes;

  TriadProbe(WorkerTeam team, MemorySegment b, MemorySegment c, MemorySegment target, float scale) {
    ProbeBuffer.check("triad", b.byteSize(), team.size(), GRANULE_BYTES);
    this.team = team;
    this.b = b;
    this.c = c;
    this.target = target;
    this.scale = scale;
  }

  /**
   * @param bytes of each of the three arrays
   */
  static TriadProbe allocate(Arena arena, WorkerTeam team, long bytes, float scale) {
    ProbeBuffer.check("triad", bytes, team.size(), GRANULE_BYTES);
    return new TriadProbe(
        team,
        ProbeBuffer.filled(arena, team, bytes),
        ProbeBuffer.filled(arena, team, bytes),
        ProbeBuffer.filled(arena, team, bytes),
        scale);
  }

  /** Computes the whole array {@code passes} times. */
  void triad(int passes) {
    this.passes = passes;
    team.run(task);
  }

  private void triadShare(int worker, int workers) {
    long share = b.byteSize() / workers;
    triad(b, c, target, scale, worker * share, share, passes);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static void triad(
      MemorySegment b,
      MemorySegment c,
      MemorySegment target,
      float scale,
      long from,
      long bytes,
      int passes) {
    FloatVector factor = FloatVector.broadcast(Species.FLOAT, scale);
    int vectors = (int) (bytes / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        FloatVector addend = FloatVector.fromMemorySegment(Species.FLOAT, b, at, ORDER);
        FloatVector.fromMemorySegment(Species.FLOAT, c, at, ORDER)
            .fma(factor, addend)
            .intoMemorySegment(target, at, ORDER);
      }
    }
  }
}
