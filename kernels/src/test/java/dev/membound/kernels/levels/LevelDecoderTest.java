package dev.membound.kernels.levels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every decoder against the codec, whatever the bytes. */
@Tag("width")
class LevelDecoderTest {
  private static final int COLUMNS = 1024;

  @BeforeEach
  void needsVectors() {
    assumeThat(KernelProvider.current().isVectorised()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"F32", "F16", "BF16", "FP8_E4M3_B128", "FP8_E5M2_B128", "Q8_0", "Q4_0"})
  void givesTheCodecsBits(QuantType type) {
    assertBits(type, LevelDecoder.of(type));
  }

  /** What a format has before it has a decoder of its own. */
  @ParameterizedTest
  @EnumSource
  void theCodecAloneGivesItsBits(QuantType type) {
    assumeThat(type.codec()).isInstanceOf(SeparableCodec.class);
    assertBits(type, new CodecLevels((SeparableCodec) type.codec()));
  }

  private static void assertBits(QuantType type, LevelDecoder decoder) {
    Random random = new Random(17);
    try (Arena arena = Arena.ofConfined()) {
      for (int trial = 0; trial < 200; trial++) {
        // The last trials have fewer columns; an odd address, as a row of a file may have.
        int columns = trial < 180 ? COLUMNS : Math.max(32, type.blockElements());
        byte[] bytes = new byte[(int) type.rowBytes(columns)];
        random.nextBytes(bytes);
        MemorySegment row = arena.allocate(bytes.length + 1L).asSlice(1);
        row.copyFrom(MemorySegment.ofArray(bytes));
        Levels levels = new Levels(COLUMNS);
        Arrays.fill(levels.levels(), (byte) 77); // of the chunk before

        decoder.decode(row.address(), columns, levels);

        float[] expected = new float[columns];
        for (int block = 0; block < columns / type.blockElements(); block++) {
          type.codec()
              .decode(
                  row, (long) block * type.blockBytes(), expected, block * type.blockElements());
        }
        for (int c = 0; c < columns; c++) {
          float product = levels.scales()[c / Levels.GROUP] * levels.levels()[c];
          float weight =
              decoder.hasMinima() ? product - levels.minima()[c / Levels.GROUP] : product;
          if (weight != expected[c] && (Float.isFinite(weight) || Float.isFinite(expected[c]))) {
            assertThat(weight).as("column %d of trial %d", c, trial).isEqualTo(expected[c]);
          }
        }
        if (!decoder.hasMinima()) {
          assertThat(levels.minima()).containsOnly(0);
        }
        if (!decoder.canOverflow()) {
          for (int group = 0; group < columns / Levels.GROUP; group++) {
            float scale = levels.scales()[group];
            if (Float.isFinite(scale)) {
              assertThat(Float.isFinite(scale * Byte.MIN_VALUE)).isTrue();
            }
          }
        }
      }
    }
  }

  @Test
  void anOverflowIsNotHiddenByLevelsThatCancel() {
    Levels levels = new Levels(32);
    levels.scales()[0] = 0x1p127f;
    levels.levels()[0] = 1; // 2¹²⁷ is finite
    levels.scales()[1] = -0x1p126f;
    levels.levels()[16] = 4;
    levels.levels()[17] = -4;

    assertThat(levels.overflowed(16)).isFalse();
    assertThat(levels.overflowed(32)).isTrue();
    assertThat(levels.scales()[0]).isEqualTo(0x1p127f);
    assertThat(levels.scales()[1]).isEqualTo(Float.POSITIVE_INFINITY);
  }

  @Test
  void zerosFollowTheLastColumn() {
    Levels levels = new Levels(64);
    Arrays.fill(levels.levels(), (byte) 1);
    Arrays.fill(levels.scales(), Float.NaN);
    Arrays.fill(levels.minima(), Float.NaN);

    levels.pad(32);

    assertThat(levels.levels()[31]).isEqualTo((byte) 1);
    assertThat(Arrays.copyOfRange(levels.levels(), 32, 128)).containsOnly(0);
    assertThat(levels.scales()[1]).isNaN();
    assertThat(Arrays.copyOfRange(levels.scales(), 2, 34)).containsOnly(0);
    assertThat(Arrays.copyOfRange(levels.minima(), 2, 34)).containsOnly(0);
  }

  @Test
  void formatsWithoutLevelsAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> LevelDecoder.of(QuantType.BF16))
        .withMessage("BF16 has no levels");
  }
}
