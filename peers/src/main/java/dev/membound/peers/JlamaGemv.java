package dev.membound.peers;

import com.github.tjake.jlama.math.VectorMath;
import com.github.tjake.jlama.safetensors.DType;
import com.github.tjake.jlama.tensor.AbstractTensor;
import com.github.tjake.jlama.tensor.BFloat16BufferTensor;
import com.github.tjake.jlama.tensor.FloatBufferTensor;
import com.github.tjake.jlama.tensor.Q4ByteBufferTensor;
import com.github.tjake.jlama.tensor.TensorShape;
import com.github.tjake.jlama.tensor.operations.NativeSimdTensorOperations;
import com.github.tjake.jlama.tensor.operations.PanamaTensorOperations;
import com.github.tjake.jlama.tensor.operations.TensorOperations;
import com.github.tjake.jlama.util.MachineSpec;
import com.github.tjake.jlama.util.PhysicalCoreExecutor;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Map;

/**
 * Jlama's tensor operations, in C or in the Vector API. Its 4-bit weights are those of Q4_0 with
 * binary32 scales in a tensor of their own; activations become 8-bit for them, as in its models.
 */
final class JlamaGemv implements PeerGemv {
  static final Map<QuantType, Double> BITS_PER_WEIGHT =
      Map.of(QuantType.F32, 32.0, QuantType.BF16, 16.0, QuantType.Q4_0, 5.0);

  private static final int BLOCK = 32;
  private static int executorThreads;

  private final Arena arena = Arena.ofShared();
  private final TensorOperations operations;
  private final WeightMatrix source;
  private final AbstractTensor<?, ?> weights;
  private final FloatBufferTensor x;
  private final FloatBufferTensor y;
  private final int threads;

  private JlamaGemv(TensorOperations operations, WeightMatrix source, int threads) {
    this.operations = operations;
    this.source = source;
    this.threads = threads;
    if (threads > 1) {
      startExecutor(threads);
    }
    weights = weights();
    x = new FloatBufferTensor(1, source.cols());
    y = new FloatBufferTensor(1, source.rows());
  }

  /** Its C kernels. */
  static JlamaGemv inC(WeightMatrix source, int threads) {
    NativeLibrary.requireLinuxX64("Jlama native");
    return new JlamaGemv(new NativeSimdTensorOperations(), source, threads);
  }

  /** Its Vector API kernels. */
  static JlamaGemv inJava(WeightMatrix source, int threads) {
    return new JlamaGemv(new PanamaTensorOperations(MachineSpec.VECTOR_TYPE), source, threads);
  }

  /** Jlama's pool has one size for the life of a process. */
  private static synchronized void startExecutor(int threads) {
    if (executorThreads == 0) {
      PhysicalCoreExecutor.overrideThreadCount(threads);
      executorThreads = threads;
    } else if (executorThreads != threads) {
      throw new IllegalArgumentException(
          "Jlama's pool has %d threads already, %d are wanted".formatted(executorThreads, threads));
    }
  }

  private AbstractTensor<?, ?> weights() {
    TensorShape shape = TensorShape.of(source.rows(), source.cols());
    return switch (source.type()) {
      case F32 ->
          new FloatBufferTensor(
              "weights",
              source.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(),
              shape,
              false);
      case BF16 ->
          new BFloat16BufferTensor(
              "weights",
              source.data().asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asShortBuffer(),
              shape,
              false);
      case Q4_0 -> fourBits(shape);
      default -> throw new IllegalArgumentException("Jlama has no " + source.type());
    };
  }

  private Q4ByteBufferTensor fourBits(TensorShape shape) {
    long blocks = (long) source.rows() * source.cols() / BLOCK;
    MemorySegment scales = OffHeap.allocate(arena, blocks * Float.BYTES);
    MemorySegment codes = OffHeap.allocate(arena, blocks * BLOCK / 2);
    int blockBytes = source.type().blockBytes();
    for (long b = 0; b < blocks; b++) {
      short scale = source.data().get(ValueLayout.JAVA_SHORT_UNALIGNED, b * blockBytes);
      scales.setAtIndex(ValueLayout.JAVA_FLOAT, b, Float.float16ToFloat(scale));
      long from = b * blockBytes + Short.BYTES;
      MemorySegment.copy(source.data(), from, codes, b * BLOCK / 2, BLOCK / 2);
    }
    FloatBufferTensor scaleTensor =
        new FloatBufferTensor(
            "scales",
            scales.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer(),
            TensorShape.of(source.rows(), source.cols() / BLOCK),
            false);
    return new Q4ByteBufferTensor(
        "weights", codes.asByteBuffer().order(ByteOrder.LITTLE_ENDIAN), scaleTensor, shape, false);
  }

  @Override
  public void activations(float[] values) {
    for (int c = 0; c < source.cols(); c++) {
      x.set(values[c], 0, c);
    }
  }

  @Override
  public void multiply() {
    if (source.type() != QuantType.Q4_0) {
      multiply(x);
      return;
    }
    try (AbstractTensor<?, ?> rounded = operations.quantize(x, DType.I8, 0, source.cols())) {
      multiply(rounded);
    }
  }

  private void multiply(AbstractTensor<?, ?> activations) {
    int cols = source.cols();
    if (threads == 1) {
      operations.dotProductChunk(y, activations, weights, 0, cols, 0, source.rows());
      return;
    }
    VectorMath.pchunk(
        0,
        source.rows(),
        (first, rows) -> operations.dotProductChunk(y, activations, weights, 0, cols, first, rows));
  }

  @Override
  public void result(float[] target) {
    for (int r = 0; r < source.rows(); r++) {
      target[r] = y.get(0, r);
    }
  }

  @Override
  public ActivationRounding rounding() {
    return source.type() == QuantType.Q4_0
        ? ActivationRounding.int8(BLOCK)
        : ActivationRounding.FLOAT32;
  }

  @Override
  public void close() {
    x.close();
    y.close();
    arena.close();
  }
}
