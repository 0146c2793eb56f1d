package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * A codec whose blocks are integer codes under scales, and which can take the two apart: what
 * packing for a vector kernel starts from.
 */
public interface SeparableCodec extends BlockCodec {
  /** Bits of a code, 2 to 6. */
  int codeBits();

  /** 16-bit words that hold a block's scales. */
  int scaleWords();

  /**
   * How many of these, the first, are for the whole block. Each of the others is for an equal run
   * of columns, in column order.
   */
  default int blockScaleWords() {
    return scaleWords();
  }

  /**
   * Takes a block apart.
   *
   * @param source holds the block's bytes from {@code offset}, any alignment
   * @param codes receives {@link #blockElements()} codes in column order
   * @param scales receives {@link #scaleWords()} words: the block's scales, laid out as the codec's
   *     {@code scales} says
   */
  void separate(MemorySegment source, long offset, int[] codes, short[] scales);

  /** Puts a block together: the reverse of {@link #separate}. */
  void combine(int[] codes, short[] scales, MemorySegment target, long offset);
}
