package dev.membound.peers.onnx;

/** {@code TensorProto.DataType} of {@code onnx.proto}. */
public enum ElementType {
  FLOAT(1),
  UINT8(2),
  INT8(3),
  INT32(6),
  FLOAT16(10);

  private final int id;

  ElementType(int id) {
    this.id = id;
  }

  int id() {
    return id;
  }
}
