package dev.membound.model.run;

/**
 * A run file that is missing, damaged, foreign, newer, does not suffice, or cannot be written; the
 * message is one line for the user.
 */
public final class RunFolderException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public RunFolderException(String message) {
    super(message);
  }

  public RunFolderException(String message, Throwable cause) {
    super(message, cause);
  }
}
