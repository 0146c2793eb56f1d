package dev.membound.benchmarks.suite;

/** A benchmark's forked JVM died or gave no result. */
final class ForkFailedException extends Exception {
  private static final long serialVersionUID = 1L;

  ForkFailedException(String message, Throwable cause) {
    super(message, cause);
  }
}
