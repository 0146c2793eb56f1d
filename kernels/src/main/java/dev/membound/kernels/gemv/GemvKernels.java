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
            default -> new DecodedRows(type, cols, workers);
          };
      case PACKED ->
          switch (type) {
            case F32 -> new F32PackedKernel(rows, cols);
            case F16 -> new F16PackedKernel(rows, cols);
            case BF16 -> new BF16PackedKernel(rows, cols);
            case Q8_0 -> new Q8_0PackedKernel(rows, cols);
            case Q4_0 -> new Q4_0PackedKernel(rows, cols);
            case FP8_E4M3_B128 -> Fp8PackedKernel.e4m3(rows, cols);
            case FP8_E5M2_B128 -> Fp8PackedKernel.e5m2(rows, cols);
            case INT8_B128 -> new Int8Block128PackedKernel(rows, cols);
            default -> GroupedKernels.create(type, rows, cols, workers);
          };
    };
  }
}
