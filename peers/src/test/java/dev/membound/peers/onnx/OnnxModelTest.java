package dev.membound.peers.onnx;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OnnxModelTest {
  /** The examples of the encoding guide: 150 is 96 01, "testing" in field 2 is 12 07 …. */
  @Test
  void writesTheExamplesOfTheEncodingGuide() throws IOException {
    assertThat(hex(new ProtobufMessage().varint(1, 150))).isEqualTo("089601");
    assertThat(hex(new ProtobufMessage().string(2, "testing"))).isEqualTo("120774657374696e67");
    assertThat(hex(new ProtobufMessage().message(3, new ProtobufMessage().varint(1, 150))))
        .isEqualTo("1a03089601");
  }

  @Test
  void writesNegativeNumbersInTenBytesAndFloatsLittleEndian() throws IOException {
    assertThat(hex(new ProtobufMessage().varint(1, -2))).isEqualTo("08feffffffffffffffff01");
    assertThat(hex(new ProtobufMessage().float32(2, 1))).isEqualTo("150000803f");
  }

  @Test
  void fieldsBeyondFifteenTakeTwoBytes() throws IOException {
    assertThat(hex(new ProtobufMessage().varint(20, 2))).isEqualTo("a00102");
  }

  @Test
  void modelHoldsItsOperatorItsConstantAndBothOperatorSets(@TempDir Path folder)
      throws IOException {
    Path file = folder.resolve("model.onnx");
    MemorySegment data = MemorySegment.ofArray("CONSTANT".getBytes(US_ASCII));
    new OnnxModel("Gemm", "", List.of("x", "w"), List.of("y"))
        .attribute("transB", 1)
        .constant("w", ElementType.UINT8, data, 8)
        .input("x", ElementType.FLOAT, 1, 8)
        .output("y", ElementType.FLOAT, 1, 1)
        .writeTo(file);
    String text = new String(Files.readAllBytes(file), US_ASCII);
    assertThat(text).contains("Gemm", "transB", "CONSTANT", OnnxModel.MICROSOFT);
  }

  private static String hex(ProtobufMessage message) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (MemorySegment piece : message.pieces()) {
      bytes.write(piece.toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }
    assertThat(bytes.size()).isEqualTo((int) message.byteSize());
    return HexFormat.of().formatHex(bytes.toByteArray());
  }
}
