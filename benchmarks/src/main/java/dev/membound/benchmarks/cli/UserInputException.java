package dev.membound.benchmarks.cli;

/** An argument that cannot be used; the message is one line that says what to do. */
final class UserInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UserInputException(String message) {
    super(message);
  }
}
