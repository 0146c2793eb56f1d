package dev.membound.peers;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import dev.membound.peers.onnx.ElementType;
import dev.membound.peers.onnx.OnnxModel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/**
 * ONNX Runtime: {@code Gemm} in binary32, and {@code MatMulNBits} at accuracy level 4 (8-bit
 * activations) for the very weights of Q4_0 (4 bits, block 32), Q8_0 (8 bits, block 32) and
 * INT4_G128 (4 bits, block 128, zero points). Its scales are binary32, so its weights are longer
 * than ours.
 *
 * <p>Inputs and attributes: <a
 * href="https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md">contributed
 * operators</a>.
 */
final class OnnxRuntimeGemv implements PeerGemv {
  static final Map<QuantType, Double> BITS_PER_WEIGHT =
      Map.of(
          QuantType.F32, 32.0,
          QuantType.Q4_0, 4 + 32.0 / 32,
          QuantType.Q8_0, 8 + 32.0 / 32,
          QuantType.INT4_G128, 4 + (32.0 + 4) / 128);

  private static final int ACCURACY_LEVEL = 4;

  private final QuantType type;
  private final int rows;
  private final int cols;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment x;
  private final MemorySegment y;
  private final OrtSession session;
  private final Map<String, OnnxTensor> inputs;
  private final Map<String, OnnxTensor> outputs;

  OnnxRuntimeGemv(WeightMatrix weights, int threads) {
    type = weights.type();
    rows = weights.rows();
    cols = weights.cols();
    x = OffHeap.allocate(arena, (long) Float.BYTES * cols);
    y = OffHeap.allocate(arena, (long) Float.BYTES * rows);
    // The session copies its constants: ours may go as soon as it is there.
    try (Arena scratch = Arena.ofShared()) {
      OnnxModel model = type == QuantType.F32 ? gemm(weights) : matMulNBits(weights, scratch);
      model.input("x", ElementType.FLOAT, 1, cols).output("y", ElementType.FLOAT, 1, rows);
      session = OnnxRuntime.session(model, threads);
      inputs = Map.of("x", OnnxRuntime.floats(x, 1, cols));
      outputs = Map.of("y", OnnxRuntime.floats(y, 1, rows));
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
  }

  private static OnnxModel gemm(WeightMatrix weights) {
    return new OnnxModel("Gemm", "", List.of("x", "w"), List.of("y"))
        .attribute("transB", 1)
        .constant("w", ElementType.FLOAT, weights.data(), weights.rows(), weights.cols());
  }

  private static OnnxModel matMulNBits(WeightMatrix weights, Arena scratch) {
    QuantType type = weights.type();
    int rows = weights.rows();
    int block = type.blockElements();
    int bits = type == QuantType.Q8_0 ? 8 : 4;
    int blocksPerRow = weights.cols() / block;
    long blocks = (long) rows * blocksPerRow;
    int codeBytes = block * bits / 8;
    boolean zeroPoints = type == QuantType.INT4_G128;
    MemorySegment codes = OffHeap.allocate(scratch, blocks * codeBytes);
    MemorySegment scales = OffHeap.allocate(scratch, blocks * Float.BYTES);
    int zeroBytesPerRow = Math.ceilDiv(blocksPerRow, 2);
    MemorySegment zeros = OffHeap.allocate(scratch, (long) rows * zeroBytesPerRow);
    MemorySegment source = weights.data();
    for (long b = 0; b < blocks; b++) {
      long from = b * type.blockBytes();
      scales.setAtIndex(
          JAVA_FLOAT, b, Float.float16ToFloat(source.get(JAVA_SHORT_UNALIGNED, from)));
      long quants = from + Short.BYTES;
      long to = b * codeBytes;
      switch (type) {
        case Q4_0 -> pairNeighbours(source, quants, codes, to);
        case Q8_0 -> offsetBy128(source, quants, codes, to);
        case INT4_G128 -> {
          int shift = b % blocksPerRow % 2 == 0 ? 0 : 4;
          long place = b / blocksPerRow * zeroBytesPerRow + b % blocksPerRow / 2;
          int zero = source.get(JAVA_BYTE, quants) & 15;
          zeros.set(JAVA_BYTE, place, (byte) (zeros.get(JAVA_BYTE, place) | zero << shift));
          MemorySegment.copy(source, quants + 1, codes, to, codeBytes);
        }
        default -> throw new IllegalArgumentException("ONNX Runtime has no " + type);
      }
    }
    OnnxModel model =
        new OnnxModel(
            "MatMulNBits",
            OnnxModel.MICROSOFT,
            zeroPoints ? List.of("x", "w", "scales", "zeros") : List.of("x", "w", "scales"),
            List.of("y"));
    model
        .attribute("K", weights.cols())
        .attribute("N", rows)
        .attribute("bits", bits)
        .attribute("block_size", block)
        .attribute("accuracy_level", ACCURACY_LEVEL)
        .constant("w", ElementType.UINT8, codes, rows, blocksPerRow, codeBytes)
        .constant("scales", ElementType.FLOAT, scales, rows, blocksPerRow);
    return zeroPoints
        ? model.constant("zeros", ElementType.UINT8, zeros, rows, zeroBytesPerRow)
        : model;
  }

  /** Q4_0 keeps weights j and j + 16 in a byte, ONNX Runtime 2j and 2j + 1; both are code − 8. */
  private static void pairNeighbours(
      MemorySegment source, long from, MemorySegment target, long to) {
    int half = QuantType.Q4_0.blockElements() / 2;
    for (int j = 0; j < half; j++) {
      int even = code(source, from, 2 * j, half);
      int odd = code(source, from, 2 * j + 1, half);
      target.set(JAVA_BYTE, to + j, (byte) (even | odd << 4));
    }
  }

  private static int code(MemorySegment source, long from, int weight, int half) {
    int pair = source.get(JAVA_BYTE, from + weight % half);
    return weight < half ? pair & 15 : pair >>> 4 & 15;
  }

  /** Signed bytes as codes with the default zero point. */
  private static void offsetBy128(MemorySegment source, long from, MemorySegment target, long to) {
    for (int j = 0; j < QuantType.Q8_0.blockElements(); j++) {
      target.set(JAVA_BYTE, to + j, (byte) (source.get(JAVA_BYTE, from + j) + 128));
    }
  }

  @Override
  public void activations(float[] values) {
    MemorySegment.copy(values, 0, x, JAVA_FLOAT, 0, cols);
  }

  @Override
  public void multiply() {
    try (OrtSession.Result result = session.run(inputs, outputs)) {
      assert result.size() == 1;
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
  }

  @Override
  public void result(float[] target) {
    MemorySegment.copy(y, JAVA_FLOAT, 0, target, 0, rows);
  }

  @Override
  public ActivationRounding rounding() {
    return type == QuantType.F32
        ? ActivationRounding.FLOAT32
        : ActivationRounding.int8(type.blockElements());
  }

  @Override
  public void close() {
    try {
      session.close();
    } catch (OrtException e) {
      throw OnnxRuntime.failed(e);
    }
    inputs.values().forEach(OnnxTensor::close);
    outputs.values().forEach(OnnxTensor::close);
    arena.close();
  }
}
