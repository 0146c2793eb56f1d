package dev.membound.peers.onnx;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A message of the protobuf wire format, as pieces to be written one after the other; large byte
 * fields are not copied. <a href="https://protobuf.dev/programming-guides/encoding/">Encoding</a>.
 */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED32 = 5;

  private final List<MemorySegment> pieces = new ArrayList<>();
  private long byteSize;

  ProtobufMessage varint(int field, long value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeVarint(bytes, (long) field << 3 | VARINT);
    writeVarint(bytes, value);
    return append(MemorySegment.ofArray(bytes.toByteArray()));
  }

  ProtobufMessage float32(int field, float value) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeVarint(bytes, (long) field << 3 | FIXED32);
    int bits = Float.floatToRawIntBits(value);
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      bytes.write(bits >>> shift);
    }
    return append(MemorySegment.ofArray(bytes.toByteArray()));
  }

  ProtobufMessage string(int field, String value) {
    return bytes(field, MemorySegment.ofArray(value.getBytes(StandardCharsets.UTF_8)));
  }

  ProtobufMessage bytes(int field, MemorySegment value) {
    return header(field, value.byteSize()).append(value);
  }

  ProtobufMessage message(int field, ProtobufMessage value) {
    return header(field, value.byteSize).all(value);
  }

  /** Takes over all fields of another message. */
  ProtobufMessage all(ProtobufMessage fields) {
    fields.pieces.forEach(this::append);
    return this;
  }

  long byteSize() {
    return byteSize;
  }

  List<MemorySegment> pieces() {
    return List.copyOf(pieces);
  }

  private ProtobufMessage header(int field, long length) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    writeVarint(bytes, (long) field << 3 | LENGTH_DELIMITED);
    writeVarint(bytes, length);
    return append(MemorySegment.ofArray(bytes.toByteArray()));
  }

  private ProtobufMessage append(MemorySegment piece) {
    pieces.add(piece);
    byteSize += piece.byteSize();
    return this;
  }

  /** Seven bits a byte, the lowest first; the top bit says that more follow. */
  private static void writeVarint(ByteArrayOutputStream bytes, long value) {
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      bytes.write((int) ((rest & 0x7F) | 0x80));
      rest >>>= 7;
    }
    bytes.write((int) rest);
  }
}
