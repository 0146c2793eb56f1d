package dev.membound.benchmarks.ceiling;

import java.lang.foreign.MemorySegment;

/**
 * How one thread reads its share: the number of far-apart sequential streams, and the vectors a
 * stream reads per loop. No shape is the fastest on every level and machine, so the best of all is
 * the ceiling.
 *
 * <p>All of them return the wrapping sum of the 32-bit words read, an integer addition being the
 * cheapest use of a load that can be checked.
 */
public enum ReadShape {
  ONE_STREAM_BY_4(1, 4),
  TWO_STREAMS(2, 1),
  TWO_STREAMS_BY_2(2, 2),
  FOUR_STREAMS(4, 1),
  EIGHT_STREAMS(8, 1);

  /** A share is a multiple of this many bytes: eight streams of whole 512-bit vectors. */
  public static final long GRANULE_BYTES = 8 * 64;

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
      case ONE_STREAM_BY_4 -> ReadLoops.oneStreamBy4(data, from, bytes, passes);
      case TWO_STREAMS -> ReadLoops.twoStreams(data, from, bytes, passes);
      case TWO_STREAMS_BY_2 -> ReadLoops.twoStreamsBy2(data, from, bytes, passes);
      case FOUR_STREAMS -> ReadLoops.fourStreams(data, from, bytes, passes);
      case EIGHT_STREAMS -> ReadLoops.eightStreams(data, from, bytes, passes);
    };
  }
}
