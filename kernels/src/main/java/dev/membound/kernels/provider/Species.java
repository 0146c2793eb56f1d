package dev.membound.kernels.provider;

import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The vector species of this process's {@linkplain KernelProvider#current() provider}, as constants
 * that the JIT compiler folds. Only vectorised classes touch this one: it needs {@code
 * jdk.incubator.vector}.
 */
public final class Species {
  /** Shape of a full vector. */
  public static final VectorShape SHAPE =
      VectorShape.forBitSize(Math.max(128, KernelProvider.current().vectorBits()));

  public static final VectorSpecies<Float> FLOAT = VectorSpecies.of(float.class, SHAPE);
  public static final VectorSpecies<Integer> INT = VectorSpecies.of(int.class, SHAPE);
  public static final VectorSpecies<Long> LONG = VectorSpecies.of(long.class, SHAPE);
  public static final VectorSpecies<Short> SHORT = VectorSpecies.of(short.class, SHAPE);
  public static final VectorSpecies<Byte> BYTE = VectorSpecies.of(byte.class, SHAPE);

  /**
   * Whether to shift 16-bit lanes by a vector of counts. C2 keeps such a vector in one register and
   * loads a constant count anew for every shift, up to 40 % of a GEMV kernel's speed. But below
   * AVX-512 x86 cannot shift 16-bit lanes by a vector, and C2 makes several instructions of it: 1.5
   * to 3.5 times slower.
   */
  public static final boolean SHORT_SHIFTS_BY_VECTOR =
      ShortVector.SPECIES_PREFERRED.vectorBitSize() == 512;

  /** Floats in a full vector. */
  public static final int FLOATS = FLOAT.length();

  static {
    assert FloatVector.zero(FLOAT).length() == IntVector.zero(INT).length();
    assert ByteVector.zero(BYTE).length() == 2 * ShortVector.zero(SHORT).length();
    assert LongVector.zero(LONG).length() * 2 == FLOATS;
  }

  private Species() {}
}
