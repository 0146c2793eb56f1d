package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a codec says of its codes and scales, against its own decoder, whatever the bytes. */
class SeparableCodecTest {
  private static final Integer[] POWERS_OF_TWO = {16, 32, 64, 128, 256, 512};

  static Stream<QuantType> separableTypes() {
    return Arrays.stream(QuantType.values()).filter(type -> type.codec() instanceof SeparableCodec);
  }

  /** What packing and the decoders of all formats rely on; {@link SeparableCodec} says it. */
  @ParameterizedTest
  @MethodSource("separableTypes")
  void aBlockHasAShapeThatPackingTakes(QuantType type) {
    SeparableCodec codec = (SeparableCodec) type.codec();
    int columns = codec.blockElements();
    assertThat(codec.codeBits()).as("bits of a code").isBetween(1, 8);
    assertThat(columns).as("columns of a block, a power of two up to 512").isIn(POWERS_OF_TWO);
    assertThat(columns / codec.groups())
        .as("columns under one scale, a power of two from 16 on")
        .isIn(POWERS_OF_TWO)
        .isGreaterThanOrEqualTo(16);
    assertThat(codec.blockScaleWords()).isBetween(0, codec.scaleWords());
    if (codec.codeBits() != 4) {
      for (int code = 1; code < 1 << codec.codeBits(); code++) {
        assertThat(codec.level(code))
            .as("level of code %d: codes of other than 4 bits have even levels", code)
            .isEqualTo(codec.level(0) + code);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("separableTypes")
  void levelsUnderScalesAreTheDecodedWeights(QuantType type) {
    SeparableCodec codec = (SeparableCodec) type.codec();
    int columns = codec.blockElements();
    int[] codes = new int[columns];
    short[] words = new short[codec.scaleWords()];
    float[] scales = new float[codec.groups()];
    float[] minima = new float[codec.groups()];
    float[] decoded = new float[columns];
    byte[] block = new byte[codec.blockBytes()];
    Random random = new Random(23);
    int finite = 0;
    for (int trial = 0; trial < 500; trial++) {
      random.nextBytes(block);
      codec.decode(MemorySegment.ofArray(block), 0, decoded, 0);

      codec.separate(MemorySegment.ofArray(block), 0, codes, words);
      codec.readScales(words, scales, minima);

      for (int c = 0; c < columns; c++) {
        int group = c * codec.groups() / columns;
        int level = codec.level(codes[c]);
        assertThat(level).isBetween((int) Byte.MIN_VALUE, (int) Byte.MAX_VALUE);
        if (Float.isFinite(decoded[c])) {
          float weight = scales[group] * level - minima[group];
          assertThat(weight == decoded[c])
              .as("column %d of trial %d: %s, decoded %s", c, trial, weight, decoded[c])
              .isTrue();
          finite++;
        }
      }
    }
    assertThat(finite).isGreaterThan(300 * columns);
  }
}
