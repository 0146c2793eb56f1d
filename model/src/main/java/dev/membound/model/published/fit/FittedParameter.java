package dev.membound.model.published.fit;

/**
 * A parameter of a calibrated device.
 *
 * @param key as in device files, with its unit: {@code startup_us}
 * @param section that it belongs to
 * @param value in the unit of the key
 * @param low, high ends of the 90 % interval
 * @param identifiable whether the rows tell it; otherwise the base device keeps its own
 */
public record FittedParameter(
    Section section, String key, double value, double low, double high, boolean identifiable) {

  /** Part of a device file. */
  public enum Section {
    ENGINE,
    EFFICIENCY,
    LINK,
    DEVICE,
    /**
     * Of lone calls of a kernel: no device file holds it, operators of a step follow in a graph.
     */
    LONE_CALL
  }
}
