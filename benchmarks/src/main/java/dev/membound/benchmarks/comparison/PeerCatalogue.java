package dev.membound.benchmarks.comparison;

import java.util.List;
import java.util.Optional;
import java.util.ServiceLoader;

/** The libraries to measure against. A {@link ServiceLoader} finds the one implementation. */
public interface PeerCatalogue {
  /** The catalogue on the class path; empty in a build without {@code -Ppeers}. */
  static Optional<PeerCatalogue> find() {
    return ServiceLoader.load(PeerCatalogue.class).findFirst();
  }

  /** One line for each library that does not run on this machine; the others leave it out. */
  List<String> unavailable();

  /**
   * Matrix × vector from DRAM in every format that a peer has.
   *
   * @throws IllegalArgumentException if no matrix has this shape
   */
  List<Comparison> gemv(int rows, int cols, int threads);

  /**
   * Decode attention from DRAM, with the heads of Llama-3.1-8B, in every format that a peer has.
   *
   * @param context tokens, a multiple of 16
   */
  List<Comparison> attention(int context, int threads);
}
