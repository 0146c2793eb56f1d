package dev.membound.kernels.quant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Codecs against blocks made by another implementation; the resource names it. It has blocks
 * quantized from known inputs for the formats that it can quantize, and blocks of random bytes with
 * finite scales for all.
 */
class GoldenVectorsTest {
  private static final int INPUTS = 512;

  static Stream<QuantType> goldenTypes() {
    return formats().propertyNames().stream().map(QuantType::valueOf);
  }

  static Stream<QuantType> randomBlockTypes() {
    return resource().get("random_blocks").propertyNames().stream().map(QuantType::valueOf);
  }

  @ParameterizedTest
  @MethodSource("randomBlockTypes")
  void decodesRandomBytesBitForBit(QuantType type) {
    JsonNode golden = resource().get("random_blocks").get(type.name());

    float[] decoded = decode(type, bytes(golden, "bytes_hex"));

    assertThat(bits(decoded)).isEqualTo(bits(floats(golden)));
  }

  @ParameterizedTest
  @MethodSource("goldenTypes")
  void decodesBitForBit(QuantType type) {
    JsonNode golden = formats().get(type.name());

    float[] decoded = decode(type, bytes(golden, "bytes_hex"));

    assertThat(bits(decoded)).isEqualTo(bits(floats(golden)));
  }

  @ParameterizedTest
  @MethodSource("goldenTypes")
  void encodesTheSameBytes(QuantType type) {
    JsonNode golden = formats().get(type.name());

    assertThat(golden.get("kind").stringValue()).startsWith("quantize");
    assertThat(encode(type, inputs())).isEqualTo(bytes(golden, "bytes_hex"));
  }

  @ParameterizedTest
  @MethodSource("goldenTypes")
  void losesAsMuchAsTheReferenceDoes(QuantType type) {
    JsonNode golden = formats().get(type.name());
    float[] inputs = inputs();
    float[] decoded = decode(type, encode(type, inputs));

    double squares = 0;
    for (int i = 0; i < inputs.length; i++) {
      double error = (double) decoded[i] - inputs[i];
      squares += error * error;
    }

    assertThat(Math.sqrt(squares / inputs.length))
        .isCloseTo(golden.get("rmse").doubleValue(), within(1e-8));
  }

  @ParameterizedTest
  @MethodSource("goldenTypes")
  void hasTheBlockShapeOfTheReference(QuantType type) {
    JsonNode golden = formats().get(type.name());

    assertThat(type.blockElements()).isEqualTo(golden.get("block_weights").intValue());
    assertThat(type.blockBytes()).isEqualTo(golden.get("block_bytes").intValue());
  }

  /** The inputs that the resource's {@code source} describes. */
  private static float[] inputs() {
    float[] inputs = new float[INPUTS];
    for (int i = 0; i < INPUTS; i++) {
      long hash = i * 2_654_435_761L & 0xFFFF_FFFFL;
      inputs[i] = (float) ((hash / 0x1p31 - 1) * 0.5);
    }
    return inputs;
  }

  private static float[] decode(QuantType type, byte[] blocks) {
    MemorySegment source = MemorySegment.ofArray(blocks);
    float[] decoded = new float[blocks.length / type.blockBytes() * type.blockElements()];
    for (int block = 0; block < blocks.length / type.blockBytes(); block++) {
      long offset = (long) block * type.blockBytes();
      type.codec().decode(source, offset, decoded, block * type.blockElements());
    }
    return decoded;
  }

  private static byte[] encode(QuantType type, float[] inputs) {
    byte[] blocks = new byte[(int) type.rowBytes(inputs.length)];
    for (int block = 0; block < inputs.length / type.blockElements(); block++) {
      type.codec()
          .encode(
              inputs,
              block * type.blockElements(),
              MemorySegment.ofArray(blocks),
              (long) block * type.blockBytes());
    }
    return blocks;
  }

  private static int[] bits(float[] values) {
    int[] bits = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      bits[i] = Float.floatToRawIntBits(values[i]);
    }
    return bits;
  }

  private static float[] floats(JsonNode golden) {
    ByteBuffer buffer =
        ByteBuffer.wrap(bytes(golden, "dequant_f32_hex")).order(ByteOrder.LITTLE_ENDIAN);
    float[] values = new float[buffer.remaining() / Float.BYTES];
    buffer.asFloatBuffer().get(values);
    return values;
  }

  private static byte[] bytes(JsonNode golden, String field) {
    return HexFormat.of().parseHex(golden.get(field).stringValue());
  }

  private static JsonNode formats() {
    return resource().get("formats");
  }

  private static JsonNode resource() {
    try (InputStream in = GoldenVectorsTest.class.getResourceAsStream("golden-vectors.json")) {
      return JsonMapper.shared().readTree(in);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
