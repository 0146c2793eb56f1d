package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Bytes that no encoder writes, or that other readers trip over. */
class BlockBoundaryTest {
  @ParameterizedTest
  @CsvSource({"0, -127", "1, -126", "127, 0", "252, 125", "254, 127"})
  void mxfp4ScalesArePowersOfTwoDownToTheSubnormal(int e, int exponent) {
    // Code 2 is 1.
    assertThat(mxfp4(e, 0x22)[0]).isEqualTo(Math.scalb(1f, exponent));
  }

  @Test
  void mxfp4CountsTheNanScaleAsThePowerAfterTheLargest() {
    assertThat(mxfp4(255, 0x01)[0]).isEqualTo(Math.scalb(1f, 127)); // code 1 is one half
    assertThat(mxfp4(255, 0x02)[0]).isInfinite();
    assertThat(mxfp4(255, 0x00)[0]).isZero();
    assertThat(mxfp4(254, 0x07)[0]).isInfinite();
  }

  @ParameterizedTest
  @CsvSource({"0x7F, 0", "0x00, 0", "0x80, 0", "0x01, 0.001953125", "0x7E, 448", "0xFE, 448"})
  void nvfp4IgnoresTheSignAndCountsTheNanScaleAsZero(String scale, float value) {
    byte[] block = new byte[QuantType.NVFP4.blockBytes()];
    block[1] = (byte) (int) Integer.decode(scale);
    block[4 + 8] = 0x02;

    assertThat(decode(QuantType.NVFP4, block)[16]).isEqualTo(value);
  }

  @Test
  void q6kScalesReachMinus128() {
    byte[] block = new byte[QuantType.Q6_K.blockBytes()];
    block[192] = -128;
    setHalf(block, 208, 0.5f);

    assertThat(decode(QuantType.Q6_K, block)[0]).isEqualTo(0.5f * -128 * -32);
  }

  @Test
  void tq10DecodesEveryByteToTrits() {
    for (int value = 0; value < 256; value++) {
      byte[] block = new byte[QuantType.TQ1_0.blockBytes()];
      block[0] = (byte) value;
      setHalf(block, 52, 1);
      float[] decoded = decode(QuantType.TQ1_0, block);
      int fraction = value;
      for (int trit = 0; trit < 5; trit++) {
        assertThat(decoded[32 * trit]).isBetween(-1f, 1f).isEqualTo(fraction * 3 / 256 - 1);
        fraction = fraction * 3 & 0xFF;
      }
    }
  }

  @Test
  void tq20HasAFourthCode() {
    byte[] block = new byte[QuantType.TQ2_0.blockBytes()];
    block[0] = (byte) 0b11_10_01_00;
    setHalf(block, 64, 3);
    float[] decoded = decode(QuantType.TQ2_0, block);

    assertThat(new float[] {decoded[0], decoded[32], decoded[64], decoded[96]})
        .containsExactly(-3, 0, 3, 6);
  }

  @ParameterizedTest
  @EnumSource
  void separatingLosesNothingOfWhatAnEncoderWrites(QuantType type) {
    if (!(type.codec() instanceof SeparableCodec codec)) {
      return;
    }
    Random random = new Random(6);
    float[] weights = new float[codec.blockElements()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = (float) random.nextGaussian();
    }
    byte[] block = new byte[codec.blockBytes()];
    codec.encode(weights, 0, MemorySegment.ofArray(block), 0);
    int[] codes = new int[codec.blockElements()];
    short[] scales = new short[codec.scaleWords()];
    byte[] rebuilt = new byte[codec.blockBytes()];

    codec.separate(MemorySegment.ofArray(block), 0, codes, scales);
    codec.combine(codes, scales, MemorySegment.ofArray(rebuilt), 0);

    assertThat(rebuilt).isEqualTo(block);
    for (int code : codes) {
      assertThat(code).isBetween(0, (1 << codec.codeBits()) - 1);
    }
  }

  /** Relative to the standard deviation of normal weights; ggml's searches do a little better. */
  @ParameterizedTest
  @CsvSource({
    "Q2_K, 0.40",
    "Q3_K, 0.21",
    "Q4_K, 0.085",
    "Q5_K, 0.042",
    "Q6_K, 0.022",
    "IQ4_NL, 0.10",
    "IQ4_XS, 0.10",
    "MXFP4, 0.14",
    "NVFP4, 0.11",
    "FP8_E4M3_B128, 0.03",
    "FP8_E5M2_B128, 0.06",
    "INT8_B128, 0.01",
    "INT4_G128, 0.12"
  })
  void encodersLoseNoMoreThanTheirBits(QuantType type, double bound) {
    Random random = new Random(12);
    double squares = 0;
    int blocks = 4096 / type.blockElements();
    float[] weights = new float[type.blockElements()];
    for (int block = 0; block < blocks; block++) {
      for (int i = 0; i < weights.length; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      byte[] bytes = new byte[type.blockBytes()];
      type.codec().encode(weights, 0, MemorySegment.ofArray(bytes), 0);
      float[] decoded = decode(type, bytes);
      for (int i = 0; i < weights.length; i++) {
        squares += Math.pow((double) decoded[i] - weights[i], 2);
      }
    }

    double error = Math.sqrt(squares / 4096);
    assertThat(error).isBetween(bound / 4, bound);
  }

  private static float[] mxfp4(int e, int codes) {
    byte[] block = new byte[QuantType.MXFP4.blockBytes()];
    block[0] = (byte) e;
    block[1] = (byte) codes;
    return decode(QuantType.MXFP4, block);
  }

  private static float[] decode(QuantType type, byte[] block) {
    float[] decoded = new float[type.blockElements()];
    type.codec().decode(MemorySegment.ofArray(block), 0, decoded, 0);
    return decoded;
  }

  private static void setHalf(byte[] block, int at, float value) {
    MemorySegment.ofArray(block)
        .set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
  }
}
