package dev.membound.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KvTypeTest {
  @Test
  void bf16RoundsToNearestEven() {
    assertThat(KvType.BF16.round(Float.intBitsToFloat(0x3F808000))).isEqualTo(1f);
    assertThat(KvType.BF16.round(Float.intBitsToFloat(0x3F818000)))
        .isEqualTo(Float.intBitsToFloat(0x3F820000));
    assertThat(KvType.BF16.round(Float.intBitsToFloat(0x3F808001)))
        .isEqualTo(Float.intBitsToFloat(0x3F810000));
    assertThat(KvType.BF16.round(Float.MAX_VALUE)).isInfinite();
    assertThat(KvType.BF16.round(Float.NaN)).isNaN();
  }

  @Test
  void f16OverflowsBeyondItsRange() {
    assertThat(KvType.F16.round(65504)).isEqualTo(65504);
    assertThat(KvType.F16.round(65520)).isInfinite();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void storingKeepsTheRoundedValueBitForBit(KvType type) {
    MemorySegment memory = MemorySegment.ofArray(new byte[12]).fill((byte) 0x5A);
    Random random = new Random(1);
    for (int i = 0; i < 1000; i++) {
      float value = (float) (random.nextGaussian() * Math.pow(2, random.nextInt(20) - 10));
      type.store(memory, 4, value);
      assertThat(type.load(memory, 4)).isEqualTo(type.round(value));
      assertThat(memory.get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(0x5A5A5A5A);
      assertThat(memory.get(ValueLayout.JAVA_INT_UNALIGNED, 8)).isEqualTo(0x5A5A5A5A);
    }
  }

  @ParameterizedTest
  @EnumSource
  void countsTheBytesOfAHead(KvType type) {
    assertThat(type.headBytes(128))
        .isEqualTo(
            switch (type) {
              case F32 -> 512;
              case F16, BF16 -> 256;
              case INT8, FP8_E4M3 -> 132;
              case Q8_0 -> 136;
            });
  }

  @ParameterizedTest
  @EnumSource
  void holdsWhatStaysFinite(KvType type) {
    float largest =
        switch (type) {
          case F32 -> Float.MAX_VALUE;
          case INT8 -> 3.38e38f;
          case BF16 -> 0x1.FEp127f;
          case F16, FP8_E4M3 -> 65504;
          case Q8_0 -> 8e6f;
        };
    assertThat(type.holds(largest)).isTrue();
    assertThat(type.holds(-largest)).isTrue();
    assertThat(type.holds(largest * 1.01f)).isFalse();
    assertThat(type.holds(Float.NaN)).isFalse();
    assertThat(type.holds(Float.NEGATIVE_INFINITY)).isFalse();
  }
}
