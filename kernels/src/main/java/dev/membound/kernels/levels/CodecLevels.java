package dev.membound.kernels.levels;

import static dev.membound.kernels.memory.NativeAddress.SPACE;

import dev.membound.kernels.quant.SeparableCodec;
import java.util.Arrays;

/**
 * Any format of codes under scales, block by block as its codec takes them apart: what a format has
 * until somebody writes it a decoder with vectors.
 */
final class CodecLevels implements LevelDecoder {
  private final SeparableCodec codec;
  private final int groupColumns;
  private final ThreadLocal<Block> blocks = ThreadLocal.withInitial(Block::new);

  /** A block taken apart. */
  private final class Block {
    final int[] codes = new int[codec.blockElements()];
    final short[] words = new short[codec.scaleWords()];
    final float[] scales = new float[codec.groups()];
    final float[] minima = new float[codec.groups()];
  }

  /**
   * @throws IllegalArgumentException if fewer than {@value Levels#GROUP} columns share a scale
   */
  CodecLevels(SeparableCodec codec) {
    this.codec = codec;
    this.groupColumns = codec.blockElements() / codec.groups();
    if (groupColumns % Levels.GROUP != 0) {
      throw new IllegalArgumentException(
          groupColumns + " columns share a scale, not a multiple of " + Levels.GROUP);
    }
  }

  @Override
  public boolean hasMinima() {
    return true;
  }

  @Override
  public boolean canOverflow() {
    return true;
  }

  @Override
  public void decode(long address, int columns, Levels target) {
    Block block = blocks.get();
    byte[] levels = target.levels();
    int elements = codec.blockElements();
    int repeats = groupColumns / Levels.GROUP;
    for (int i = 0; i < columns / elements; i++) {
      codec.separate(SPACE, address + (long) i * codec.blockBytes(), block.codes, block.words);
      codec.readScales(block.words, block.scales, block.minima);
      for (int c = 0; c < elements; c++) {
        levels[i * elements + c] = (byte) codec.level(block.codes[c]);
      }
      for (int group = 0; group < block.scales.length; group++) {
        int from = (i * block.scales.length + group) * repeats;
        Arrays.fill(target.scales(), from, from + repeats, block.scales[group]);
        Arrays.fill(target.minima(), from, from + repeats, block.minima[group]);
      }
    }
  }
}
