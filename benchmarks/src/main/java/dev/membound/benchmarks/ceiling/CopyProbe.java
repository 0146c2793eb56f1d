package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import org.openjdk.jmh.annotations.CompilerControl;

/** STREAM copy: {@code target[i] = source[i]}, with ordinary stores. */
final class CopyProbe {
  static final long GRANULE_BYTES = 4 * 64;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long STEP = Species.SHAPE.vectorBitSize() / Byte.SIZE;

  private final WorkerTeam team;
  private final MemorySegment source;
  private final MemorySegment target;
  private final WorkerTeam.Task task = this::copyShare;
  private int passes;

  CopyProbe(WorkerTeam team, MemorySegment source, MemorySegment target) {
    ProbeBuffer.check("copy", source.byteSize(), team.size(), GRANULE_BYTES);
    this.team = team;
    this.source = source;
    this.target = target;
  }

  /**
   * @param bytes of each of the two arrays
   */
  static CopyProbe allocate(Arena arena, WorkerTeam team, long bytes) {
    ProbeBuffer.check("copy", bytes, team.size(), GRANULE_BYTES);
    return new CopyProbe(
        team, ProbeBuffer.filled(arena, team, bytes), ProbeBuffer.filled(arena, team, bytes));
  }

  /** Copies the whole array {@code passes} times. */
  void copy(int passes) {
    this.passes = passes;
    team.run(task);
  }

  private void copyShare(int worker, int workers) {
    long share = source.byteSize() / workers;
    copy(source, target, worker * share, share, passes);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static void copy(
      MemorySegment source, MemorySegment target, long from, long bytes, int passes) {
    int vectors = (int) (bytes / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        IntVector.fromMemorySegment(Species.INT, source, at, ORDER)
            .intoMemorySegment(target, at, ORDER);
      }
    }
  }
}
