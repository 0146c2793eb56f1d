package dev.membound.kernels.matrix;

import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block as the packed layout stores it, in 16-bit words: the scales of the whole block, then its
 * codes in column order as {@link CodeWords}, each run of columns that has a scale word of its own
 * after that word. So a kernel meets everything in the order of its addresses.
 */
public final class SeparatedUnit {
  private static final ValueLayout.OfShort WORD =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SeparableCodec codec;
  private final CodeWords codeWords;
  private final int[] codes;
  private final short[] scales;
  private final int blockScales;

  /** Room for one block of a format at a time. */
  public SeparatedUnit(SeparableCodec codec) {
    this.codec = codec;
    this.codeWords = CodeWords.ofBits(codec.codeBits());
    this.codes = new int[codec.blockElements()];
    this.scales = new short[codec.scaleWords()];
    this.blockScales = codec.blockScaleWords();
  }

  /** Words of a separated block. */
  static int words(SeparableCodec codec) {
    return codec.scaleWords() + codec.blockElements() * codec.codeBits() / Short.SIZE;
  }

  /** Writes a block's words. */
  void fromBlock(MemorySegment source, long offset, MemorySegment target, long at) {
    codec.separate(source, offset, codes, scales);
    for (int word = 0; word < scales.length; word++) {
      target.set(WORD, at + scaleWord(word) * Short.BYTES, scales[word]);
    }
    for (int word = 0; word < codeWordCount(); word++) {
      target.set(WORD, at + codeWord(word) * Short.BYTES, codeWords.pack(codes, 0, word));
    }
  }

  /** Rebuilds a block from its words. */
  void toBlock(MemorySegment source, long at, MemorySegment target, long offset) {
    for (int word = 0; word < scales.length; word++) {
      scales[word] = source.get(WORD, at + scaleWord(word) * Short.BYTES);
    }
    Arrays.fill(codes, 0);
    for (int word = 0; word < codeWordCount(); word++) {
      codeWords.unpack(source.get(WORD, at + codeWord(word) * Short.BYTES), codes, 0, word);
    }
    codec.combine(codes, scales, target, offset);
  }

  private int codeWordCount() {
    return words(codec) - scales.length;
  }

  /** Code words of a run of columns that has a scale word of its own. */
  private int runWords() {
    return codeWordCount() / Math.max(1, scales.length - blockScales);
  }

  /** Which word of the unit holds a word of scales. */
  public long scaleWord(int word) {
    int run = Math.max(0, word - blockScales);
    return word + (long) run * runWords();
  }

  /** Which word of the unit holds a word of codes. */
  public long codeWord(int word) {
    int run = word / runWords();
    int scalesBefore = scales.length == blockScales ? blockScales : blockScales + run + 1;
    return (long) scalesBefore + word;
  }
}
