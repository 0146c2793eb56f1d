package dev.membound.peers.onnx;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A model of one operator. Field numbers: <a
 * href="https://github.com/onnx/onnx/blob/main/onnx/onnx.proto">onnx.proto</a>.
 */
public final class OnnxModel {
  /** Domain of ONNX Runtime's own operators. */
  public static final String MICROSOFT = "com.microsoft";

  private static final int IR_VERSION = 9;
  private static final int OPSET = 19;
  private static final int MICROSOFT_OPSET = 1;
  private static final int FLOAT_ATTRIBUTE = 1;
  private static final int INT_ATTRIBUTE = 2;
  private static final int STRING_ATTRIBUTE = 3;

  private final ProtobufMessage node = new ProtobufMessage();
  private final ProtobufMessage graph = new ProtobufMessage();

  /**
   * @param domain empty for ONNX's own operators
   * @param inputs names in order; empty for an optional input that is left out
   */
  public OnnxModel(String operator, String domain, List<String> inputs, List<String> outputs) {
    inputs.forEach(name -> node.string(1, name));
    outputs.forEach(name -> node.string(2, name));
    node.string(3, "node").string(4, operator).string(7, domain);
  }

  public OnnxModel attribute(String name, long value) {
    node.message(
        5, new ProtobufMessage().string(1, name).varint(3, value).varint(20, INT_ATTRIBUTE));
    return this;
  }

  public OnnxModel attribute(String name, float value) {
    node.message(
        5, new ProtobufMessage().string(1, name).float32(2, value).varint(20, FLOAT_ATTRIBUTE));
    return this;
  }

  public OnnxModel attribute(String name, String value) {
    node.message(
        5, new ProtobufMessage().string(1, name).string(4, value).varint(20, STRING_ATTRIBUTE));
    return this;
  }

  /** A constant input. */
  public OnnxModel constant(String name, ElementType type, MemorySegment data, long... shape) {
    ProtobufMessage tensor = new ProtobufMessage();
    for (long size : shape) {
      tensor.varint(1, size);
    }
    graph.message(5, tensor.varint(2, type.id()).string(8, name).bytes(9, data));
    return this;
  }

  /** An input that each run brings. */
  public OnnxModel input(String name, ElementType type, long... shape) {
    graph.message(11, value(name, type, shape));
    return this;
  }

  public OnnxModel output(String name, ElementType type, long... shape) {
    graph.message(12, value(name, type, shape));
    return this;
  }

  private static ProtobufMessage value(String name, ElementType type, long... shape) {
    ProtobufMessage sizes = new ProtobufMessage();
    for (long size : shape) {
      sizes.message(1, new ProtobufMessage().varint(1, size));
    }
    ProtobufMessage tensor = new ProtobufMessage().varint(1, type.id()).message(2, sizes);
    return new ProtobufMessage()
        .string(1, name)
        .message(2, new ProtobufMessage().message(1, tensor));
  }

  /** Writes the model; protobuf ends at 2 GiB. */
  public void writeTo(Path file) throws IOException {
    ProtobufMessage whole = model();
    if (whole.byteSize() > Integer.MAX_VALUE) {
      throw new IOException("a model of " + whole.byteSize() + " bytes does not fit protobuf");
    }
    try (FileChannel channel =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      for (MemorySegment piece : whole.pieces()) {
        ByteBuffer buffer = piece.asByteBuffer();
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      }
    }
  }

  private ProtobufMessage model() {
    ProtobufMessage whole = new ProtobufMessage().message(1, node).string(2, "graph").all(graph);
    return new ProtobufMessage()
        .varint(1, IR_VERSION)
        .string(2, "membound")
        .message(7, whole)
        .message(8, new ProtobufMessage().string(1, "").varint(2, OPSET))
        .message(8, new ProtobufMessage().string(1, MICROSOFT).varint(2, MICROSOFT_OPSET));
  }
}
