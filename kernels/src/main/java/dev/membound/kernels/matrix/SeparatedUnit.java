package dev.membound.kernels.matrix;

import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * A block as the packed layout stores it: its scales as the codec separates them, then its codes in
 * column order as {@link CodeWords}; 16-bit words throughout.
 */
final class SeparatedUnit {
  private static final ValueLayout.OfShort WORD =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final SeparableCodec codec;
  private final CodeWords codeWords;
  private final int[] codes;
  private final short[] scales;

  SeparatedUnit(SeparableCodec codec) {
    this.codec = codec;
    this.codeWords = CodeWords.ofBits(codec.codeBits());
    this.codes = new int[codec.blockElements()];
    this.scales = new short[codec.scaleWords()];
  }

  /** Words of a separated block. */
  static int words(SeparableCodec codec) {
    return codec.scaleWords() + codec.blockElements() * codec.codeBits() / Short.SIZE;
  }

  /** Writes a block's words. */
  void fromBlock(MemorySegment source, long offset, MemorySegment target, long at) {
    codec.separate(source, offset, codes, scales);
    for (int word = 0; word < scales.length; word++) {
      target.set(WORD, at + (long) word * Short.BYTES, scales[word]);
    }
    long quants = at + (long) scales.length * Short.BYTES;
    for (int word = 0; word < words(codec) - scales.length; word++) {
      short packed = codeWords.pack(codes, 0, word);
      target.set(WORD, quants + (long) word * Short.BYTES, packed);
    }
  }

  /** Rebuilds a block from its words. */
  void toBlock(MemorySegment source, long at, MemorySegment target, long offset) {
    for (int word = 0; word < scales.length; word++) {
      scales[word] = source.get(WORD, at + (long) word * Short.BYTES);
    }
    Arrays.fill(codes, 0);
    long quants = at + (long) scales.length * Short.BYTES;
    for (int word = 0; word < words(codec) - scales.length; word++) {
      codeWords.unpack(source.get(WORD, quants + (long) word * Short.BYTES), codes, 0, word);
    }
    codec.combine(codes, scales, target, offset);
  }
}
