package dev.membound.model.calibrate;

/** Measurements that cannot be calibrated; the message is one line for the user. */
public final class CalibrationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CalibrationException(String message) {
    super(message);
  }
}
