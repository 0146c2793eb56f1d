package dev.membound.benchmarks.ceiling;

import dev.membound.kernels.provider.Species;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * How one thread reads its share: the number of far-apart sequential streams, and the vectors a
 * stream reads per loop. No shape is the fastest on every level and machine, so the best of all is
 * the ceiling.
 *
 * <p>Each shape is a method of its own for the JIT compiler. All of them return the wrapping sum of
 * the 32-bit words read, an integer addition being the cheapest use of a load that can be checked.
 */
public enum ReadShape {
  ONE_STREAM_BY_4(1, 4),
  TWO_STREAMS(2, 1),
  TWO_STREAMS_BY_2(2, 2),
  FOUR_STREAMS(4, 1),
  EIGHT_STREAMS(8, 1);

  /** A share is a multiple of this many bytes: eight streams of whole 512-bit vectors. */
  public static final long GRANULE_BYTES = 8 * 64;

  private static final ByteOrder ORDER = ByteOrder.nativeOrder();
  private static final long STEP = Species.SHAPE.vectorBitSize() / Byte.SIZE;

  private final int streams;
  private final int unroll;

  ReadShape(int streams, int unroll) {
    this.streams = streams;
    this.unroll = unroll;
  }

  /** Sequential streams of a thread. */
  public int streams() {
    return streams;
  }

  /** Vectors of a stream in one turn of the loop. */
  public int unroll() {
    return unroll;
  }

  /**
   * Reads {@code bytes} from {@code from}, {@code passes} times over.
   *
   * @param bytes a multiple of {@value #GRANULE_BYTES}
   * @return the wrapping sum of all 32-bit words read
   */
  int sum(MemorySegment data, long from, long bytes, int passes) {
    return switch (this) {
      case ONE_STREAM_BY_4 -> oneStreamBy4(data, from, bytes, passes);
      case TWO_STREAMS -> twoStreams(data, from, bytes, passes);
      case TWO_STREAMS_BY_2 -> twoStreamsBy2(data, from, bytes, passes);
      case FOUR_STREAMS -> fourStreams(data, from, bytes, passes);
      case EIGHT_STREAMS -> eightStreams(data, from, bytes, passes);
    };
  }

  private static int oneStreamBy4(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    int vectors = (int) (bytes / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i += 4) {
        long at = from + i * STEP;
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + STEP, ORDER));
        c = c.add(IntVector.fromMemorySegment(Species.INT, data, at + 2 * STEP, ORDER));
        d = d.add(IntVector.fromMemorySegment(Species.INT, data, at + 3 * STEP, ORDER));
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static int twoStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    long far = bytes / 2;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER));
      }
    }
    return a.add(b).reduceLanes(VectorOperators.ADD);
  }

  private static int twoStreamsBy2(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 2;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i += 2) {
        long at = from + i * STEP;
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + STEP, ORDER));
        c = c.add(IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER));
        d = d.add(IntVector.fromMemorySegment(Species.INT, data, at + far + STEP, ORDER));
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static int fourStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 4;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER));
        c = c.add(IntVector.fromMemorySegment(Species.INT, data, at + 2 * far, ORDER));
        d = d.add(IntVector.fromMemorySegment(Species.INT, data, at + 3 * far, ORDER));
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }

  private static int eightStreams(MemorySegment data, long from, long bytes, int passes) {
    IntVector a = IntVector.zero(Species.INT);
    IntVector b = a;
    IntVector c = a;
    IntVector d = a;
    long far = bytes / 8;
    int vectors = (int) (far / STEP);
    for (int pass = 0; pass < passes; pass++) {
      for (int i = 0; i < vectors; i++) {
        long at = from + i * STEP;
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + far, ORDER));
        c = c.add(IntVector.fromMemorySegment(Species.INT, data, at + 2 * far, ORDER));
        d = d.add(IntVector.fromMemorySegment(Species.INT, data, at + 3 * far, ORDER));
        a = a.add(IntVector.fromMemorySegment(Species.INT, data, at + 4 * far, ORDER));
        b = b.add(IntVector.fromMemorySegment(Species.INT, data, at + 5 * far, ORDER));
        c = c.add(IntVector.fromMemorySegment(Species.INT, data, at + 6 * far, ORDER));
        d = d.add(IntVector.fromMemorySegment(Species.INT, data, at + 7 * far, ORDER));
      }
    }
    return a.add(b).add(c.add(d)).reduceLanes(VectorOperators.ADD);
  }
}
