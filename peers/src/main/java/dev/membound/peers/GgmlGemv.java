package dev.membound.peers;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;

/** {@code ggml_mul_mat} of a matrix in the file's own encoding with one binary32 vector. */
final class GgmlGemv implements PeerGemv {
  /** Those that this build of ggml can multiply; MXFP4 and NVFP4 came after it. */
  private static final Set<QuantType> TYPES = EnumSet.range(QuantType.F32, QuantType.TQ2_0);

  static final Map<QuantType, Double> BITS_PER_WEIGHT = bitsPerWeight();

  private final QuantType type;
  private final int rows;
  private final int cols;
  private final Ggml ggml;
  private final Ggml.Tensor x;
  private final Ggml.Tensor y;

  GgmlGemv(WeightMatrix weights, int threads) {
    type = weights.type();
    rows = weights.rows();
    cols = weights.cols();
    long xBytes = (long) Float.BYTES * cols;
    long yBytes = (long) Float.BYTES * rows;
    ggml = new Ggml(weights.byteSize() + xBytes + yBytes);
    Ggml.Tensor w = ggml.tensor(type.ggufId().orElseThrow(), weights.byteSize(), cols, rows, 1);
    w.data().copyFrom(weights.data());
    x = ggml.tensor(Ggml.F32, xBytes, cols, 1, 1);
    y = ggml.mulMat(w, x, yBytes);
    ggml.plan(y, threads);
  }

  private static Map<QuantType, Double> bitsPerWeight() {
    Map<QuantType, Double> bits = new EnumMap<>(QuantType.class);
    for (QuantType type : TYPES) {
      bits.put(type, type.bitsPerWeight());
    }
    return bits;
  }

  @Override
  public void activations(float[] values) {
    MemorySegment.copy(values, 0, x.data(), JAVA_FLOAT, 0, cols);
  }

  @Override
  public void multiply() {
    ggml.compute();
  }

  @Override
  public void result(float[] target) {
    MemorySegment.copy(y.data(), JAVA_FLOAT, 0, target, 0, rows);
  }

  /** {@code vec_dot_type} of {@code ggml-cpu.c}. */
  @Override
  public ActivationRounding rounding() {
    return switch (type) {
      case F32 -> ActivationRounding.FLOAT32;
      case F16 -> ActivationRounding.FLOAT16;
      case BF16 -> ActivationRounding.BFLOAT16;
      case Q8_0, Q4_0, Q4_1, Q5_0, Q5_1, IQ4_NL -> ActivationRounding.int8(32);
      default -> ActivationRounding.int8(256);
    };
  }

  @Override
  public void close() {
    ggml.close();
  }
}
