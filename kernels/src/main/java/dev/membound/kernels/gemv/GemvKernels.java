package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.kernels.quant.QuantType;

/** Which kernel serves which format and layout. */
final class GemvKernels {
  private GemvKernels() {}

  static GemvKernel create(QuantType type, MatrixLayout layout, int rows, int cols, int workers) {
    if (!KernelProvider.current().isVectorised()) {
      return new ScalarGemv(type, layout, rows, cols, workers);
    }
    return switch (layout) {
      case FILE ->
          switch (type) {
            case F32 -> new F32FileKernel(cols, workers);
            case F16 -> new F16FileKernel(cols, workers);
            case BF16 -> new BF16FileKernel(cols, workers);
            case Q8_0 -> new Q8_0FileKernel(cols, workers);
            case Q4_0 -> new Q4_0FileKernel(cols, workers);
          };
      case PACKED ->
          switch (type) {
            case F32 -> new F32PackedKernel(rows, cols);
            case F16 -> new F16PackedKernel(rows, cols);
            case BF16 -> new BF16PackedKernel(rows, cols);
            case Q8_0 -> new Q8_0PackedKernel(rows, cols);
            case Q4_0 -> new Q4_0PackedKernel(rows, cols);
          };
    };
  }
}
