package dev.membound.benchmarks.ceiling;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.provider.Species;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every probe computes something that a scalar loop can check. */
class ProbeTest {
  private final Arena arena = Arena.ofShared();

  @AfterEach
  void free() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(ReadShape.class)
  void everyShapeReadsEveryWordOncePerPass(ReadShape shape) {
    for (int threads = 1; threads <= 3; threads++) {
      try (WorkerTeam team = WorkerTeam.of(threads)) {
        MemorySegment data = random(5 * threads * ReadShape.GRANULE_BYTES);
        ReadProbe probe = new ReadProbe(team, data);
        assertThat(probe.read(shape, 1)).isEqualTo(sum(data, 0, data.byteSize()));
        assertThat(probe.read(shape, 3)).isEqualTo(3 * sum(data, 0, data.byteSize()));
      }
    }
  }

  @Test
  void everyByteOfAFreshBufferIsWritten() {
    try (WorkerTeam team = WorkerTeam.of(2)) {
      ReadProbe probe = ReadProbe.allocate(arena, team, 1024);
      assertThat(probe.read(ReadShape.TWO_STREAMS, 1)).isEqualTo((int) (256L * 0x01010101));
    }
  }

  @Test
  void givingUpOnTheCompilerIsTold() {
    assertThat(ReadProbe.compileShapes(Double.POSITIVE_INFINITY, 1_000_000)).isFalse();
    assertThat(ReadProbe.compileShapes(1, 0)).isTrue();
  }

  @Test
  void readFindsAFastestShapeAndAPositiveBandwidth() {
    try (WorkerTeam team = WorkerTeam.of(1)) {
      ReadProbe probe = ReadProbe.allocate(arena, team, 8192);
      ReadShape shape = probe.fastestShape(1000);
      assertThat(probe.bytesPerSecond(shape, 1000)).isPositive().isFinite();
    }
  }

  @Test
  void readRefusesSharesThatAreNotWholeGranules() {
    try (WorkerTeam team = WorkerTeam.of(3)) {
      assertThatThrownBy(() -> ReadProbe.allocate(arena, team, 8192))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("8192")
          .hasMessageContaining("3 threads");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void copyCopiesEveryByte(int threads) {
    try (WorkerTeam team = WorkerTeam.of(threads)) {
      MemorySegment source = random(7 * threads * CopyProbe.GRANULE_BYTES);
      MemorySegment target = arena.allocate(source.byteSize(), 64);
      new CopyProbe(team, source, target).copy(2);
      assertThat(target.mismatch(source)).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void triadIsBPlusScaledC(int threads) {
    try (WorkerTeam team = WorkerTeam.of(threads)) {
      int floats = (int) (7 * threads * TriadProbe.GRANULE_BYTES / Float.BYTES);
      MemorySegment b = arena.allocate(JAVA_FLOAT, floats);
      MemorySegment c = arena.allocate(JAVA_FLOAT, floats);
      MemorySegment target = arena.allocate(JAVA_FLOAT, floats);
      Random random = new Random(1);
      for (int i = 0; i < floats; i++) {
        b.setAtIndex(JAVA_FLOAT, i, random.nextFloat());
        c.setAtIndex(JAVA_FLOAT, i, random.nextFloat());
      }
      new TriadProbe(team, b, c, target, 3).triad(1);
      for (int i = 0; i < floats; i++) {
        assertThat(target.getAtIndex(JAVA_FLOAT, i))
            .isEqualTo(Math.fma(c.getAtIndex(JAVA_FLOAT, i), 3f, b.getAtIndex(JAVA_FLOAT, i)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {64, 256, 4096, 65536})
  void chunksAreEachReadOncePerPeriodInScatteredOrder(long chunkBytes) {
    try (WorkerTeam team = WorkerTeam.of(2)) {
      MemorySegment data = random(1 << 18);
      ChunkProbe probe = new ChunkProbe(team, data, chunkBytes);
      ScatteredOrder order = ScatteredOrder.of(data.byteSize() / chunkBytes);
      int total = 0;
      for (long position = 0; position < order.count(); ) {
        long chunks = Math.min(3, order.count() - position);
        int expected = 0;
        for (long i = 0; i < chunks; i++) {
          expected += sum(data, order.at(position + i) * chunkBytes, chunkBytes);
        }
        int read = probe.read(chunks);
        assertThat(read).isEqualTo(expected);
        total += read;
        position += chunks;
      }
      assertThat(total).isEqualTo(sum(data, 0, data.byteSize()));
    }
  }

  @Test
  void chunksMustBePowersOfTwoWithinTheBuffer() {
    try (WorkerTeam team = WorkerTeam.of(1)) {
      MemorySegment data = arena.allocate(4096, 64);
      assertThatThrownBy(() -> new ChunkProbe(team, data, 96)).hasMessageContaining("96");
      assertThatThrownBy(() -> new ChunkProbe(team, data, 8192)).hasMessageContaining("8192");
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {64, 128, 4096, 1 << 16})
  void theChaseVisitsEveryLineBeforeItReturns(long bytes) {
    LatencyProbe probe = LatencyProbe.allocate(arena, bytes);
    long lines = bytes / 64;
    Set<Long> visited = new HashSet<>();
    for (long i = 0; i < lines; i++) {
      long offset = probe.chase(1);
      assertThat(offset % 64).isZero();
      visited.add(offset);
    }
    assertThat(visited).hasSize((int) lines);
    assertThat(probe.chase(1)).isIn(visited);
  }

  @Test
  void oneLongChaseEndsWhereManyShortOnesDo() {
    LatencyProbe once = LatencyProbe.allocate(arena, 1 << 14);
    LatencyProbe stepwise = LatencyProbe.allocate(arena, 1 << 14);
    long reached = 0;
    for (int i = 0; i < 1000; i++) {
      reached = stepwise.chase(1);
    }
    assertThat(once.chase(1000)).isEqualTo(reached);
  }

  @Test
  void fmaAddsTheSquareInEveryLaneOfEveryAccumulator() {
    try (WorkerTeam team = WorkerTeam.of(2)) {
      int turns = 100;
      // accumulators start at 0 … 11
      int perLane = 12 * turns * 4 + 66;
      assertThat(new FmaProbe(team).multiplyAdd(2, turns)).isEqualTo(2 * Species.FLOATS * perLane);
    }
  }

  private MemorySegment random(long bytes) {
    MemorySegment data = arena.allocate(bytes, 64);
    Random random = new Random(bytes);
    for (long i = 0; i < bytes / 4; i++) {
      data.setAtIndex(JAVA_INT, i, random.nextInt());
    }
    return data;
  }

  private static int sum(MemorySegment data, long from, long bytes) {
    int sum = 0;
    for (long at = from; at < from + bytes; at += 4) {
      sum += data.get(JAVA_INT, at);
    }
    return sum;
  }
}
