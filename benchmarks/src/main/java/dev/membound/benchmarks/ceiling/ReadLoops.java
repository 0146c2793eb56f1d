package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;
import org.openjdk.jmh.annotations.CompilerControl;

/**
 * The loops of {@link ReadShape}, one a method, so that the JIT compiler sees each on its own. Not
 * in the enum itself: JMH reads its compiler hints from classes only.
 */
final class ReadLoops {
  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long STEP = Species.SHAPE.vectorBitSize() / Byte.SIZE;

  private ReadLoops() {}

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static int oneStreamBy4(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    int vectors = (int) (bytes / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i += 4) {
        long at = from + i * STEP;
        a = IntVector.fromMemorySegment(Species.INT, data, at, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + STEP, ORDER).add(b);
        c = IntVector.fromMemorySegment(Species.INT, data, at + 2 * STEP, ORDER).add(c);
        d = IntVector.fromMemorySegment(Species.INT, data, at + 3 * STEP, ORDER).add(d);
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static int twoStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    long far = bytes / 2;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = IntVector.fromMemorySegment(Species.INT, data, at, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER).add(b);
      }
    }
    return a.add(b).reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static int twoStreamsBy2(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 2;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i += 2) {
        long at = from + i * STEP;
        a = IntVector.fromMemorySegment(Species.INT, data, at, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + STEP, ORDER).add(b);
        c = IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER).add(c);
        d = IntVector.fromMemorySegment(Species.INT, data, at + far + STEP, ORDER).add(d);
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static int fourStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 4;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = IntVector.fromMemorySegment(Species.INT, data, at, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER).add(b);
        c = IntVector.fromMemorySegment(Species.INT, data, at + 2 * far, ORDER).add(c);
        d = IntVector.fromMemorySegment(Species.INT, data, at + 3 * far, ORDER).add(d);
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  @CompilerControl(CompilerControl.Mode.DONT_INLINE)
  static int eightStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 8;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = IntVector.fromMemorySegment(Species.INT, data, at, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER).add(b);
        c = IntVector.fromMemorySegment(Species.INT, data, at + 2 * far, ORDER).add(c);
        d = IntVector.fromMemorySegment(Species.INT, data, at + 3 * far, ORDER).add(d);
        a = IntVector.fromMemorySegment(Species.INT, data, at + 4 * far, ORDER).add(a);
        b = IntVector.fromMemorySegment(Species.INT, data, at + 5 * far, ORDER).add(b);
        c = IntVector.fromMemorySegment(Species.INT, data, at + 6 * far, ORDER).add(c);
        d = IntVector.fromMemorySegment(Species.INT, data, at + 7 * far, ORDER).add(d);
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }
}
