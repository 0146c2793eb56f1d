package dev.membound.model.workload;

import java.util.Arrays;
import java.util.Locale;

/**
 * How numbers are stored, scales included. Block formats are those of GGUF (ggml, {@code
 * ggml-common.h}).
 */
public enum DataFormat {
  F32(1, 4),
  F16(1, 2),
  BF16(1, 2),
  FP8(1, 1),
  Q8_0(32, 34),
  Q4_0(32, 18);

  private final int blockElements;
  private final int blockBytes;

  DataFormat(int blockElements, int blockBytes) {
    this.blockElements = blockElements;
    this.blockBytes = blockBytes;
  }

  /** Bytes of {@code elements} numbers, rounded up to whole blocks. */
  public long bytes(long elements) {
    return Math.multiplyExact(Math.ceilDiv(elements, blockElements), (long) blockBytes);
  }

  /** Bits a number, scales included: 8.5 for Q8_0, 4.5 for Q4_0. */
  public double bitsPerElement() {
    return 8.0 * blockBytes / blockElements;
  }

  /** Format of norms and biases beside matrices of this format: block formats keep them in F32. */
  public DataFormat vectorFormat() {
    return blockElements == 1 ? this : F32;
  }

  /**
   * The format called {@code name}, in any case.
   *
   * @throws IllegalArgumentException naming the formats when there is none
   */
  public static DataFormat of(String name) {
    for (DataFormat format : values()) {
      if (format.name().equals(name.toUpperCase(Locale.ROOT))
          || name.equalsIgnoreCase(format.name().replaceFirst("^F(?=\\d)", "fp"))) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "unknown data format '" + name + "'; known are " + Arrays.toString(values()));
  }
}
