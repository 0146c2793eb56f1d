package dev.membound.kernels.matrix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CodeWordsTest {
  private static final int CODES = 64;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void codesComeBackFromWordsWithoutABitToSpare(int bits) {
    CodeWords packing = CodeWords.ofBits(bits);
    int words = CODES * bits / Short.SIZE;
    int[] codes = new Random(bits).ints(CODES, 0, 1 << bits).toArray();
    int[] unpacked = new int[CODES];

    for (int word = 0; word < words; word++) {
      packing.unpack(packing.pack(codes, 0, word), unpacked, 0, word);
    }

    assertThat(packing.runWords() * Short.SIZE).isEqualTo(packing.runCodes() * bits);
    assertThat(unpacked).isEqualTo(codes);
  }

  @Test
  void widthsThatNoWordHoldsAreRefused() {
    for (int bits : new int[] {0, 9}) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> CodeWords.ofBits(bits))
          .withMessage("a code has 1 to 8 bits, not " + bits);
    }
  }
}
