package dev.membound.kernels.gemv;

import static java.util.Map.entry;

import dev.membound.kernels.provider.Species;
import dev.membound.kernels.quant.QuantType;
import java.util.Map;

/**
 * The formats that have a kernel of their own for packed tiles; others are decoded first. Lambdas,
 * so that asking for a format loads no kernel: the process that plans measurements has no vectors.
 */
final class PackedKernels {
  /** Makes a kernel for a matrix of {@code rows × cols}. */
  @FunctionalInterface
  private interface Factory {
    PackedKernel create(int rows, int cols);
  }

  private static final Map<QuantType, Factory> FACTORIES =
      Map.ofEntries(
          entry(QuantType.F32, (rows, cols) -> new F32PackedKernel(rows, cols)),
          entry(QuantType.F16, (rows, cols) -> new F16PackedKernel(rows, cols)),
          entry(QuantType.BF16, (rows, cols) -> new BF16PackedKernel(rows, cols)),
          entry(QuantType.Q8_0, (rows, cols) -> new Q8_0PackedKernel(rows, cols)),
          entry(QuantType.Q4_0, (rows, cols) -> new Q4_0PackedKernel(rows, cols)),
          entry(QuantType.FP8_E4M3_B128, (rows, cols) -> Fp8PackedKernel.e4m3(rows, cols)),
          entry(QuantType.FP8_E5M2_B128, (rows, cols) -> Fp8PackedKernel.e5m2(rows, cols)),
          entry(QuantType.INT8_B128, (rows, cols) -> new Int8Block128PackedKernel(rows, cols)),
          entry(QuantType.Q4_1, (rows, cols) -> new Q4_1PackedKernel(rows, cols)),
          entry(QuantType.Q5_0, (rows, cols) -> new Q5_0PackedKernel(rows, cols)),
          entry(QuantType.Q5_1, (rows, cols) -> new Q5_1PackedKernel(rows, cols)),
          entry(QuantType.Q2_K, (rows, cols) -> q2K(rows, cols)),
          entry(QuantType.TQ1_0, (rows, cols) -> ternary(QuantType.TQ1_0, rows, cols)),
          entry(QuantType.TQ2_0, (rows, cols) -> ternary(QuantType.TQ2_0, rows, cols)),
          entry(QuantType.Q3_K, (rows, cols) -> new Q3_KPackedKernel(rows, cols)),
          entry(QuantType.Q4_K, (rows, cols) -> new Q4_KPackedKernel(rows, cols)),
          entry(QuantType.Q5_K, (rows, cols) -> new Q5_KPackedKernel(rows, cols)),
          entry(QuantType.Q6_K, (rows, cols) -> new Q6_KPackedKernel(rows, cols)),
          entry(QuantType.IQ4_NL, (rows, cols) -> new IQ4_NLPackedKernel(rows, cols)),
          entry(QuantType.IQ4_XS, (rows, cols) -> new IQ4_XSPackedKernel(rows, cols)),
          entry(QuantType.MXFP4, (rows, cols) -> new MXFP4PackedKernel(rows, cols)),
          entry(QuantType.NVFP4, (rows, cols) -> new NVFP4PackedKernel(rows, cols)),
          entry(QuantType.INT4_G128, (rows, cols) -> new Int4PackedKernel(rows, cols)));

  private PackedKernels() {}

  /** Whether the format has a kernel. */
  static boolean has(QuantType type) {
    return FACTORIES.containsKey(type);
  }

  /**
   * The format's kernel.
   *
   * @throws IllegalArgumentException if it has none
   */
  static PackedKernel create(QuantType type, int rows, int cols) {
    if (!has(type)) {
      throw new IllegalArgumentException(type + " has no packed kernel");
    }
    return FACTORIES.get(type).create(rows, cols);
  }

  private static PackedKernel q2K(int rows, int cols) {
    return tablesFit() ? new Q2_KTablesKernel(rows, cols) : new Q2_KPackedKernel(rows, cols);
  }

  private static PackedKernel ternary(QuantType type, int rows, int cols) {
    return tablesFit()
        ? new TernaryTablesKernel(type, rows, cols)
        : new TernaryPackedKernel(type, rows, cols);
  }

  private static boolean tablesFit() {
    return Species.SHORT.length() >= PairTables.ENTRIES;
  }
}
