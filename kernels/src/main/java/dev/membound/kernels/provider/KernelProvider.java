package dev.membound.kernels.provider;

import java.util.Locale;
import jdk.incubator.vector.FloatVector;

/**
 * Which implementation of the kernels this process runs, chosen once: the scalar reference, or the
 * vectorised one at a width of 128, 256 or 512 bits.
 *
 * <p>{@code -Dmembound.kernels=scalar|128|256|512} forces one; without it the widest shape that
 * this CPU supports is taken. Vectorised classes read {@link #current()} in their static
 * initialiser, so a process has one width only, as the JIT compiler wants it.
 */
public enum KernelProvider {
  SCALAR(0),
  VECTOR_128(128),
  VECTOR_256(256),
  VECTOR_512(512);

  /** The property that forces a provider. */
  public static final String PROPERTY = "membound.kernels";

  private final int vectorBits;

  KernelProvider(int vectorBits) {
    this.vectorBits = vectorBits;
  }

  /** The provider of this process. */
  public static KernelProvider current() {
    return Holder.CURRENT;
  }

  /** Vector width in bits; 0 for the scalar reference. */
  public int vectorBits() {
    return vectorBits;
  }

  public boolean isVectorised() {
    return vectorBits > 0;
  }

  /**
   * The name that {@value #PROPERTY} takes: {@code scalar}, {@code 128}, {@code 256} or {@code
   * 512}.
   */
  public String propertyValue() {
    return isVectorised() ? Integer.toString(vectorBits) : "scalar";
  }

  /**
   * Reads a value of {@value #PROPERTY}.
   *
   * @throws IllegalArgumentException naming the value and the choices
   */
  public static KernelProvider parse(String value) {
    return switch (value.trim().toLowerCase(Locale.ROOT)) {
      case "scalar" -> SCALAR;
      case "128" -> VECTOR_128;
      case "256" -> VECTOR_256;
      case "512" -> VECTOR_512;
      default ->
          throw new IllegalArgumentException(
              PROPERTY + "=" + value + ": expected scalar, 128, 256 or 512");
    };
  }

  private static final class Holder {
    static final KernelProvider CURRENT = choose();

    private static KernelProvider choose() {
      String forced = System.getProperty(PROPERTY);
      if (forced != null && !forced.isBlank() && !forced.equals("auto")) {
        return parse(forced);
      }
      // Asked behind a probe, so that a process without the incubator module still gets the
      // reference.
      if (ModuleLayer.boot().findModule("jdk.incubator.vector").isEmpty()) {
        System.err.println(
            "membound: jdk.incubator.vector is not in this process"
                + " (--add-modules=jdk.incubator.vector): running the scalar reference, many times slower");
        return SCALAR;
      }
      return widest();
    }

    private static KernelProvider widest() {
      int bits = FloatVector.SPECIES_PREFERRED.vectorBitSize();
      return bits >= 512 ? VECTOR_512 : bits >= 256 ? VECTOR_256 : VECTOR_128;
    }
  }
}
