package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;

import dev.membound.kernels.levels.LevelDecoder;
import dev.membound.kernels.levels.Levels;
import dev.membound.kernels.memory.NativeAddress;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;

/** Rows of any format whose weights are {@linkplain Levels integers under scales}. */
final class ScaledLevels implements RowDecoder {
  private static final int PARTS = Levels.GROUP / FLOATS;

  private final int blockColumns;
  private final int blockBytes;
  private final LevelDecoder decoder;
  private final Levels levels = new Levels(DecodedFile.CHUNK_COLUMNS);

  ScaledLevels(QuantType type) {
    blockColumns = type.blockElements();
    blockBytes = type.blockBytes();
    decoder = LevelDecoder.of(type);
  }

  @Override
  public void decode(MemorySegment w, long row, int fromCol, int cols, float[] target, int to) {
    long at = row + (long) (fromCol / blockColumns) * blockBytes;
    decoder.decode(NativeAddress.of(w) + at, cols, levels);
    Reference.reachabilityFence(w);
    int groups = cols / Levels.GROUP;
    if (decoder.hasMinima()) {
      scale(levels.levels(), levels.scales(), levels.minima(), groups, target, to);
    } else {
      scale(levels.levels(), levels.scales(), groups, target, to);
    }
  }

  private static void scale(byte[] levels, float[] scales, int groups, float[] target, int to) {
    for (int group = 0; group < groups; group++) {
      ByteVector codes = ByteVector.fromArray(ByteVector.SPECIES_128, levels, group * Levels.GROUP);
      for (int part = 0; part < PARTS; part++) {
        ((FloatVector) codes.castShape(FLOAT, part))
            .mul(scales[group])
            .intoArray(target, to + group * Levels.GROUP + part * FLOATS);
      }
    }
  }

  private static void scale(
      byte[] levels, float[] scales, float[] minima, int groups, float[] target, int to) {
    for (int group = 0; group < groups; group++) {
      ByteVector codes = ByteVector.fromArray(ByteVector.SPECIES_128, levels, group * Levels.GROUP);
      for (int part = 0; part < PARTS; part++) {
        ((FloatVector) codes.castShape(FLOAT, part))
            .mul(scales[group])
            .sub(minima[group])
            .intoArray(target, to + group * Levels.GROUP + part * FLOATS);
      }
    }
  }
}
