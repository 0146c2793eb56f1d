package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.SHORT;

import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.memory.OffHeap;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import jdk.incubator.vector.ShortVector;

/**
 * A table for every two columns: in lane i the product of both activations with the 2-bit codes
 * that i's lower four bits are, so that a permutation multiplies and adds both at once. Lanes
 * repeat beyond 16: an index needs no masking.
 */
final class PairTables {
  /** Codes of a pair, and the least number of 16-bit lanes that hold a table. */
  static final int ENTRIES = 16;

  private static final int CODE = 3;

  private static final ShortVector FIRST = codes(0);
  private static final ShortVector SECOND = codes(2);

  private final int offset;
  private final MemorySegment tables;

  /**
   * @param offset what a stored code exceeds its value by
   */
  PairTables(int cols, int offset) {
    this.offset = offset;
    tables = OffHeap.allocate(Arena.ofAuto(), (long) cols / 2 * SHORT.vectorByteSize());
  }

  private static ShortVector codes(int bit) {
    short[] codes = new short[SHORT.length()];
    for (int lane = 0; lane < codes.length; lane++) {
      codes[lane] = (short) (lane >> bit & CODE);
    }
    return ShortVector.fromArray(SHORT, codes, 0);
  }

  void fill(int[] quants) {
    for (int pair = 0; pair < quants.length / 2; pair++) {
      int one = quants[2 * pair];
      int other = quants[2 * pair + 1];
      FIRST
          .mul((short) one)
          .add(SECOND.mul((short) other))
          .sub((short) (offset * (one + other)))
          .intoMemorySegment(tables, (long) pair * SHORT.vectorByteSize(), ByteOrder.LITTLE_ENDIAN);
    }
  }

  /** Address of the first pair's table; valid while this object is reachable. */
  long address() {
    return NativeAddress.of(tables);
  }
}
