package dev.membound.kernels.gemv;

import static dev.membound.kernels.memory.NativeAddress.SPACE;
import static dev.membound.kernels.provider.Species.BYTE;
import static dev.membound.kernels.provider.Species.FLOAT;
import static dev.membound.kernels.provider.Species.FLOATS;
import static dev.membound.kernels.provider.Species.INT;
import static dev.membound.kernels.provider.Species.LONG;
import static dev.membound.kernels.provider.Species.SHORT;
import static dev.membound.kernels.provider.Species.SHORT_SHIFTS_BY_VECTOR;

import dev.membound.kernels.memory.NativeAddress;
import java.nio.ByteOrder;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Q8_0 in GGUF order, rows of more than {@value #SHORT_COLS} columns; 8-bit activations. Six far
 * rows share what they are multiplied by, which has left L1 when the next six come; eight exceed
 * what the JIT compiler inlines.
 */
final class Q8_0LongRowsKernel extends Q8_0Rows {
  /** Up to here, three rows and what they are multiplied by (1.1 bytes a column) fit into L1. */
  static final int SHORT_COLS = 6144;

  /** Rows at once; a smaller matrix would multiply each of its rows so many times. */
  static final int ROWS = 6;

  Q8_0LongRowsKernel(int cols, int workers) {
    super(ROWS, cols, workers);
  }

  @Override
  int dot(
      long first, long distance, long stride, int steps, byte[] x, long[] scales, float[] lanes) {
    long toB = NativeAddress.distance(distance);
    long toC = NativeAddress.distance(2 * distance);
    long toD = NativeAddress.distance(3 * distance);
    long toE = NativeAddress.distance(4 * distance);
    long toF = NativeAddress.distance(5 * distance);
    FloatVector sumA = FloatVector.zero(FLOAT);
    FloatVector sumB = FloatVector.zero(FLOAT);
    FloatVector sumC = FloatVector.zero(FLOAT);
    FloatVector sumD = FloatVector.zero(FLOAT);
    FloatVector sumE = FloatVector.zero(FLOAT);
    FloatVector sumF = FloatVector.zero(FLOAT);
    IntVector union = IntVector.zero(INT);
    ShortVector by8 = ShortVector.broadcast(SHORT, (short) 8);
    for (int i = 0; i < steps; i++) {
      long atA = NativeAddress.within(first + i * stride);
      long atB = atA + toB;
      long atC = atA + toC;
      long atD = atA + toD;
      long atE = atA + toE;
      long atF = atA + toF;
      FloatVector scale =
          TWO_BLOCKS
              ? TWO_SCALES
                  .selectFrom(LongVector.broadcast(LONG, scales[i]).reinterpretAsInts())
                  .reinterpretAsFloats()
              : FloatVector.broadcast(FLOAT, Float.intBitsToFloat((int) scales[i]));
      for (int part = 0; part < PARTS * VECTOR_BYTES; part += VECTOR_BYTES) {
        ShortVector pairs =
            ByteVector.fromArray(BYTE, x, i * STEP_COLS + part).reinterpretAsShorts();
        ShortVector upper =
            SHORT_SHIFTS_BY_VECTOR
                ? pairs.lanewise(VectorOperators.LSHL, by8)
                : pairs.lanewise(VectorOperators.LSHL, 8);
        ShortVector x0 =
            SHORT_SHIFTS_BY_VECTOR
                ? upper.lanewise(VectorOperators.ASHR, by8)
                : upper.lanewise(VectorOperators.ASHR, 8);
        ShortVector x1 =
            (SHORT_SHIFTS_BY_VECTOR
                    ? pairs.lanewise(VectorOperators.ASHR, by8)
                    : pairs.lanewise(VectorOperators.ASHR, 8))
                .sub(upper);
        ByteVector firstA =
            ByteVector.fromMemorySegment(BYTE, SPACE, atA + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wA =
            (TWO_BLOCKS
                    ? firstA.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atA + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstA)
                .reinterpretAsShorts();
        IntVector scaleA =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atA, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atA)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsA =
            wA.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wA.lanewise(VectorOperators.ASHR, by8)
                            : wA.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumA =
            dotsA
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsA.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleA.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumA);
        ByteVector firstB =
            ByteVector.fromMemorySegment(BYTE, SPACE, atB + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wB =
            (TWO_BLOCKS
                    ? firstB.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atB + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstB)
                .reinterpretAsShorts();
        IntVector scaleB =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atB, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atB)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsB =
            wB.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wB.lanewise(VectorOperators.ASHR, by8)
                            : wB.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumB =
            dotsB
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsB.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleB.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumB);
        union = scaleA.or(scaleB).or(union);
        ByteVector firstC =
            ByteVector.fromMemorySegment(BYTE, SPACE, atC + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wC =
            (TWO_BLOCKS
                    ? firstC.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atC + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstC)
                .reinterpretAsShorts();
        IntVector scaleC =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atC, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atC)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsC =
            wC.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wC.lanewise(VectorOperators.ASHR, by8)
                            : wC.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumC =
            dotsC
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsC.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleC.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumC);
        ByteVector firstD =
            ByteVector.fromMemorySegment(BYTE, SPACE, atD + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wD =
            (TWO_BLOCKS
                    ? firstD.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atD + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstD)
                .reinterpretAsShorts();
        IntVector scaleD =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atD, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atD)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsD =
            wD.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wD.lanewise(VectorOperators.ASHR, by8)
                            : wD.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumD =
            dotsD
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsD.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleD.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumD);
        union = scaleC.or(scaleD).or(union);
        ByteVector firstE =
            ByteVector.fromMemorySegment(BYTE, SPACE, atE + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wE =
            (TWO_BLOCKS
                    ? firstE.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atE + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstE)
                .reinterpretAsShorts();
        IntVector scaleE =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atE, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atE)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsE =
            wE.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wE.lanewise(VectorOperators.ASHR, by8)
                            : wE.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumE =
            dotsE
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsE.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleE.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumE);
        ByteVector firstF =
            ByteVector.fromMemorySegment(BYTE, SPACE, atF + HEADER + part, ByteOrder.LITTLE_ENDIAN);
        ShortVector wF =
            (TWO_BLOCKS
                    ? firstF.blend(
                        ByteVector.fromMemorySegment(
                            BYTE, SPACE, atF + SECOND_LOAD, ByteOrder.LITTLE_ENDIAN),
                        SECOND_BYTES)
                    : firstF)
                .reinterpretAsShorts();
        IntVector scaleF =
            (TWO_BLOCKS
                    ? SCALES
                        .selectFrom(
                            ShortVector.fromMemorySegment(
                                SHORT, SPACE, atF, ByteOrder.LITTLE_ENDIAN))
                        .reinterpretAsInts()
                    : ShortVector.broadcast(SHORT, SPACE.get(SCALE, atF)).reinterpretAsInts())
                .lanewise(VectorOperators.ASHR, HalfWidening.SHIFT);
        IntVector dotsF =
            wF.lanewise(VectorOperators.XOR, SIGN)
                .sub(SIGN)
                .mul(x0)
                .add(
                    (SHORT_SHIFTS_BY_VECTOR
                            ? wF.lanewise(VectorOperators.ASHR, by8)
                            : wF.lanewise(VectorOperators.ASHR, 8))
                        .mul(x1))
                .reinterpretAsInts();
        sumF =
            dotsF
                .and(LaneSums.LOWER)
                .lanewise(VectorOperators.XOR, LaneSums.BIASED)
                .add(dotsF.lanewise(VectorOperators.ASHR, Short.SIZE))
                .reinterpretAsFloats()
                .sub(LaneSums.BIAS)
                .mul(scaleF.and(HalfWidening.MASK).reinterpretAsFloats())
                .fma(scale, sumF);
        union = scaleE.or(scaleF).or(union);
      }
    }
    sumA.intoArray(lanes, LANES);
    sumB.intoArray(lanes, LANES + FLOATS);
    sumC.intoArray(lanes, LANES + 2 * FLOATS);
    sumD.intoArray(lanes, LANES + 3 * FLOATS);
    sumE.intoArray(lanes, LANES + 4 * FLOATS);
    sumF.intoArray(lanes, LANES + 5 * FLOATS);
    return union.reduceLanes(VectorOperators.OR);
  }
}
