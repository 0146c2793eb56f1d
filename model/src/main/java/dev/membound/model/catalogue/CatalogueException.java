package dev.membound.model.catalogue;

/** A catalogue file or name that cannot be used; the message is one line for the user. */
public final class CatalogueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CatalogueException(String message) {
    super(oneLine(message));
  }

  public CatalogueException(String message, Throwable cause) {
    super(oneLine(message), cause);
  }

  /** Keys and values of a damaged file may hold anything. */
  private static String oneLine(String message) {
    return message.replaceAll("\\p{Cntrl}", "?");
  }
}
