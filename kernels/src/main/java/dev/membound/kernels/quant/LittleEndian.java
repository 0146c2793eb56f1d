package dev.membound.kernels.quant;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Fields of a block as GGUF stores them: little-endian, at any alignment. */
final class LittleEndian {
  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private LittleEndian() {}

  static int unsignedByte(MemorySegment source, long offset) {
    return Byte.toUnsignedInt(source.get(ValueLayout.JAVA_BYTE, offset));
  }

  static void setByte(MemorySegment target, long offset, int value) {
    target.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  static float half(MemorySegment source, long offset) {
    return Float.float16ToFloat(source.get(SHORT, offset));
  }

  static void setHalf(MemorySegment target, long offset, float value) {
    target.set(SHORT, offset, Float.floatToFloat16(value));
  }
}
