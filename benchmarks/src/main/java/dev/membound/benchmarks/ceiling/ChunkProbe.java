package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * Reads chunks of a large buffer in random order, as a paged KV cache is read. Successive calls go
 * on where the last one stopped, so every chunk is read once before any is read again.
 */
final class ChunkProbe {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final int LINE = 64;
  private static final int BLOCK = 256;
  private static final int STEP = Species.SHAPE.vectorBitSize() / Byte.SIZE;

  private final WorkerTeam team;
  private final MemorySegment data;
  private final long chunkBytes;
  private final ScatteredOrder order;
  private final PartialSums sums;
  private final WorkerTeam.Task task = this::readShare;
  private long position;
  private long chunks;

  /**
   * @param data a power of two of bytes
   * @param chunkBytes a power of two, 64 or more
   */
  ChunkProbe(WorkerTeam team, MemorySegment data, long chunkBytes) {
    if (chunkBytes < 64 || Long.bitCount(chunkBytes) != 1 || chunkBytes > data.byteSize()) {
      throw new IllegalArgumentException(
          "chunk: "
              + chunkBytes
              + " bytes is no power of two between 64 and the buffer's "
              + data.byteSize());
    }
    this.team = team;
    this.data = data;
    this.chunkBytes = chunkBytes;
    this.order = ScatteredOrder.of(data.byteSize() / chunkBytes);
    this.sums = new PartialSums(team.size());
  }

  static ChunkProbe allocate(Arena arena, WorkerTeam team, long bytes, long chunkBytes) {
    return new ChunkProbe(team, ProbeBuffer.filled(arena, team, bytes), chunkBytes);
  }

  /** Reads the next {@code chunks} chunks; returns the wrapping sum of their 32-bit words. */
  int read(long chunks) {
    this.chunks = chunks;
    team.run(task);
    position += chunks;
    return sums.total();
  }

  private void readShare(int worker, int workers) {
    long first = position + chunks * worker / workers;
    long end = position + chunks * (worker + 1) / workers;
    int sum =
        switch ((int) Math.min(chunkBytes, Integer.MAX_VALUE)) {
          case LINE -> sumLines(data, order, first, end);
          case BLOCK -> sumBlocks(data, order, first, end);
          default -> sumChunks(data, order, first, end, chunkBytes);
        };
    sums.set(worker, sum);
  }

  // The smallest chunks have methods of their own: with a loop of unknown length around one or four
  // loads, the core's window holds only a few chunks, and the probe would measure instructions.

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static int sumLines(MemorySegment data, ScatteredOrder order, long first, long end) {
    IntVector a = IntVector.zero(Species.INT);
    int count = (int) (end - first);
    for (int i = 0; i < count; i++) {
      long from = order.at(first + i) * LINE;
      for (int at = 0; at < LINE; at += STEP) {
        a = IntVector.fromMemorySegment(Species.INT, data, from + at, ORDER).add(a);
      }
    }
    return a.reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static int sumBlocks(MemorySegment data, ScatteredOrder order, long first, long end) {
    IntVector a = IntVector.zero(Species.INT);
    int count = (int) (end - first);
    for (int i = 0; i < count; i++) {
      long from = order.at(first + i) * BLOCK;
      for (int at = 0; at < BLOCK; at += STEP) {
        a = IntVector.fromMemorySegment(Species.INT, data, from + at, ORDER).add(a);
      }
    }
    return a.reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  private static int sumChunks(
      MemorySegment data, ScatteredOrder order, long first, long end, long chunkBytes) {
    IntVector a = IntVector.zero(Species.INT);
    int vectors = (int) (chunkBytes / STEP);
    for (long position = first; position < end; position++) {
      long from = order.at(position) * chunkBytes;
      for (int i = 0; i < vectors; i++) {
        a = IntVector.fromMemorySegment(Species.INT, data, from + (long) i * STEP, ORDER).add(a);
      }
    }
    return a.reduceLanes(VectorOperators.ADD);
  }
}
