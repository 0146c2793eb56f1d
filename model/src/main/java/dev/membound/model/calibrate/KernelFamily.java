package dev.membound.model.calibrate;

import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import java.util.Set;

/** What the names of kernels mean to the calibration. */
final class KernelFamily {
  static final String READ = "read";
  static final String CHUNK = "chunk";
  static final String LATENCY = "latency";
  static final String FMA = "fma";
  static final String CALL = "call";

  private static final Set<String> PROBES = Set.of(READ, CHUNK, LATENCY, FMA, CALL);
  private static final Set<String> WRITING = Set.of("copy", "triad");
  private static final Set<String> FLOATING = Set.of("F64", "F32", "F16", "BF16");

  private KernelFamily() {}

  /**
   * Whether it measures the machine, an input of the equations, rather than being predicted by
   * them.
   */
  static boolean isProbe(String kernel) {
    return PROBES.contains(kernel);
  }

  /** Copy and triad, whose arithmetic is nothing beside their traffic: they tell about writing. */
  static boolean isWriting(String kernel) {
    return WRITING.contains(kernel);
  }

  /** Formats whose arithmetic the single-precision peak bounds; the others may use integers. */
  static boolean isFloating(String format) {
    return FLOATING.contains(format);
  }

  /** The key of a compute efficiency: {@code kernel/format/layout}. */
  static String variant(Measurement measurement) {
    return measurement.kernel() + "/" + measurement.format() + "/" + measurement.layout();
  }

  /**
   * Whether the equations describe it: a kernel, or writing in DRAM, where its cost is known. A
   * GEMV of several vectors, or attention of sequences with a shared prefix, does not compute as
   * that of one does, and has an efficiency of its own.
   */
  static boolean isModelled(Measurement measurement) {
    return !isProbe(measurement.kernel())
        && measurement.batch() == 1
        && (!isWriting(measurement.kernel()) || measurement.residency() == Residency.DRAM);
  }
}
