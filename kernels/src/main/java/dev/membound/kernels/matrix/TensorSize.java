package dev.membound.kernels.matrix;

import java.lang.foreign.MemorySegment;

/** Checks that a checkpoint's tensor is as long as its shape says. */
final class TensorSize {
  private TensorSize() {}

  static void require(String tensor, MemorySegment data, long bytes) {
    if (data.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "the tensor %s has %d bytes, but its shape needs %d"
              .formatted(tensor, data.byteSize(), bytes));
    }
  }
}
