package dev.membound.kernels.matrix;

import dev.membound.kernels.memory.OffHeap;
import dev.membound.kernels.quant.QuantType;
import dev.membound.kernels.quant.SeparableCodec;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * 4-bit weights of AWQ and GPTQ checkpoints with groups of {@value #GROUP} inputs, whose codes,
 * zero points and scales are tensors of their own, transposed: input k, output n. Both become
 * {@link QuantType#INT4_G128}, bit for bit the same weights {@code (code − zero)·scale}.
 *
 * <p>All tensors are little-endian, {@code inputs} a multiple of {@value #GROUP}, {@code outputs}
 * of 8.
 */
public enum Int4Checkpoint {
  /**
   * AutoAWQ: {@code qweight} int32 [inputs, outputs/8], {@code qzeros} int32 [inputs/128,
   * outputs/8], {@code scales} binary16 [inputs/128, outputs]. Nibble t of a word is output {0, 2,
   * 4, 6, 1, 3, 5, 7}[t] of its eight (AutoAWQ, {@code packing_utils.py}).
   */
  AWQ {
    @Override
    int code(MemorySegment qweight, int outputs, int input, int output) {
      return nibble(qweight, (long) input * (outputs / NIBBLES) + output / NIBBLES, slot(output));
    }

    @Override
    int zero(MemorySegment qzeros, int outputs, int group, int output) {
      return nibble(qzeros, (long) group * (outputs / NIBBLES) + output / NIBBLES, slot(output));
    }

    /** The nibble that holds an output: the even ones of the eight come first. */
    private static int slot(int output) {
      int inWord = output % NIBBLES;
      return inWord / 2 + inWord % 2 * (NIBBLES / 2);
    }
  },
  /**
   * AutoGPTQ, first checkpoint format, groups in order (no act-order {@code g_idx}): {@code
   * qweight} int32 [inputs/8, outputs], nibble t of a word being input 8r + t; {@code qzeros} int32
   * [inputs/128, outputs/8], each zero point less 1; {@code scales} binary16 [inputs/128, outputs]
   * (AutoGPTQ, {@code qlinear_cuda_old.py}).
   */
  GPTQ {
    @Override
    int code(MemorySegment qweight, int outputs, int input, int output) {
      return nibble(qweight, (long) (input / NIBBLES) * outputs + output, input % NIBBLES);
    }

    @Override
    int zero(MemorySegment qzeros, int outputs, int group, int output) {
      long word = (long) group * (outputs / NIBBLES) + output / NIBBLES;
      return nibble(qzeros, word, output % NIBBLES) + 1;
    }
  };

  /** Inputs that share a scale and a zero point. */
  public static final int GROUP = 128;

  private static final int NIBBLES = Integer.SIZE / 4;
  private static final ValueLayout.OfInt WORD =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort HALF =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * Copies a checkpoint's tensors into one matrix of {@code outputs} rows in the FILE layout.
   *
   * @throws IllegalArgumentException if the shape is not of whole groups and words, or a tensor is
   *     not as long as the shape needs
   */
  public WeightMatrix read(
      MemorySegment qweight,
      MemorySegment qzeros,
      MemorySegment scales,
      int outputs,
      int inputs,
      Arena arena) {
    if (outputs < 1 || outputs % NIBBLES != 0) {
      throw new IllegalArgumentException(
          this + " packs outputs by " + NIBBLES + ": " + outputs + " are no multiple of it");
    }
    QuantType type = QuantType.INT4_G128;
    long bytes = WeightMatrix.byteSize(type, MatrixLayout.FILE, outputs, inputs);
    long groups = inputs / GROUP;
    TensorSize.require("qweight", qweight, (long) inputs * outputs / 2);
    TensorSize.require("qzeros", qzeros, groups * outputs / 2);
    TensorSize.require("scales", scales, groups * outputs * Short.BYTES);
    SeparableCodec codec = (SeparableCodec) type.codec();
    MemorySegment data = OffHeap.allocate(arena, bytes);
    int[] codes = new int[GROUP];
    short[] words = new short[codec.scaleWords()];
    long offset = 0;
    for (int output = 0; output < outputs; output++) {
      for (int group = 0; group < groups; group++) {
        for (int i = 0; i < GROUP; i++) {
          codes[i] = code(qweight, outputs, group * GROUP + i, output);
        }
        words[0] = scales.get(HALF, ((long) group * outputs + output) * Short.BYTES);
        words[1] = (short) zero(qzeros, outputs, group, output);
        codec.combine(codes, words, data, offset);
        offset += codec.blockBytes();
      }
    }
    return WeightMatrix.wrap(type, outputs, inputs, data);
  }

  abstract int code(MemorySegment qweight, int outputs, int input, int output);

  abstract int zero(MemorySegment qzeros, int outputs, int group, int output);

  private static int nibble(MemorySegment tensor, long word, int nibble) {
    return tensor.get(WORD, word * Integer.BYTES) >>> 4 * nibble & 15;
  }
}
