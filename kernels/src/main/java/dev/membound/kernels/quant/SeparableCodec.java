package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;

/**
 * A codec whose blocks are integer codes under scales, and which can take the two apart: what
 * packing for a vector kernel starts from. A block has 16 to 512 weights, a power of two.
 */
public interface SeparableCodec extends BlockCodec {
  /** Bits of a code, 1 to 8. */
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

  /**
   * Runs of columns that have a scale, and maybe a minimum, of their own: equal ones of 16 columns
   * or more, a power of two.
   */
  default int groups() {
    return 1;
  }

  /**
   * What a code stands for under a scale of 1: from −128 to 127. The next code stands for the next
   * integer; only codes of 4 bits may have uneven levels, which a vector can look up.
   */
  int level(int code);

  /**
   * Reads a block's scales: a weight of group g is {@code scales[g]·level(code) − minima[g]}, in
   * binary32 the same number as {@link #decode} gives.
   *
   * @param words as {@link #separate} gives them
   * @param scales receives one a group
   * @param minima receives one a group; formats without minima leave it as it is
   */
  void readScales(short[] words, float[] scales, float[] minima);

  /** Puts a block together: the reverse of {@link #separate}. */
  void combine(int[] codes, short[] scales, MemorySegment target, long offset);
}
