package dev.membound.kernels.attention;

/** What vector code has to know about a type's decoded values. */
final class TileDecode {
  private TileDecode() {}

  /**
   * How many times too small decoded values are; queries and weights are multiplied by it. F16
   * keeps its exponent, whose bias is 112 less than that of F32.
   */
  static float factor(KvType type) {
    return type == KvType.F16 ? 0x1p112f : 1;
  }
}
