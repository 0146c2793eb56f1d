package dev.membound.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Map;

/** {@code cblas_sgemv} of OpenBLAS, on the weights where they lie. */
final class OpenBlasGemv implements PeerGemv {
  static final Map<QuantType, Double> BITS_PER_WEIGHT = Map.of(QuantType.F32, 32.0);

  private static final String FOLDER = "org/bytedeco/openblas/linux-x86_64/";
  private static final int ROW_MAJOR = 101;
  private static final int NO_TRANSPOSE = 111;

  /** Idle threads spin for 2^20 cycles, not 2^26: they would run into the next measurement. */
  private static final String SPIN_CYCLES_LOG2 = "20";

  private static MethodHandle sgemv;

  private final WeightMatrix weights;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment x;
  private final MemorySegment y;

  /**
   * @param threads fixed by the first matrix of the process: OpenBLAS makes its pool once
   */
  OpenBlasGemv(WeightMatrix weights, int threads) {
    load(threads);
    this.weights = weights;
    x = OffHeap.allocate(arena, (long) Float.BYTES * weights.cols());
    y = OffHeap.allocate(arena, (long) Float.BYTES * weights.rows());
  }

  private static synchronized void load(int threads) {
    if (sgemv != null) {
      return;
    }
    NativeLibrary.requireLinuxX64("OpenBLAS");
    NativeLibrary.setEnvironment("OPENBLAS_NUM_THREADS", Integer.toString(threads));
    NativeLibrary.setEnvironment("OPENBLAS_THREAD_TIMEOUT", SPIN_CYCLES_LOG2);
    NativeLibrary library =
        NativeLibrary.open(
            "OpenBLAS",
            FOLDER + "libgcc_s.so.1",
            FOLDER + "libquadmath.so.0",
            FOLDER + "libgfortran.so.5",
            FOLDER + "libopenblas.so.0");
    sgemv =
        library.procedure(
            "cblas_sgemv",
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_INT,
            JAVA_FLOAT,
            ADDRESS,
            JAVA_INT,
            ADDRESS,
            JAVA_INT,
            JAVA_FLOAT,
            ADDRESS,
            JAVA_INT);
  }

  @Override
  public void activations(float[] values) {
    MemorySegment.copy(values, 0, x, JAVA_FLOAT, 0, weights.cols());
  }

  @Override
  public void multiply() {
    int rows = weights.rows();
    int cols = weights.cols();
    try {
      sgemv.invokeExact(
          ROW_MAJOR, NO_TRANSPOSE, rows, cols, 1f, weights.data(), cols, x, 1, 0f, y, 1);
    } catch (Throwable t) {
      throw new AssertionError("cblas_sgemv cannot throw", t);
    }
  }

  @Override
  public void result(float[] target) {
    MemorySegment.copy(y, JAVA_FLOAT, 0, target, 0, weights.rows());
  }

  @Override
  public ActivationRounding rounding() {
    return ActivationRounding.FLOAT32;
  }

  @Override
  public void close() {
    arena.close();
  }
}
