package dev.membound.model.device;

import dev.membound.model.catalogue.Section;
import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Data-sheet values of a device that no equation of time needs: for cost, carbon and the reader.
 *
 * @param byName {@code die_area}, {@code process}, {@code release_price}, {@code embodied_carbon},
 *     {@code int8_peak}, {@code fp4_peak}; what is not known is not there
 */
public record DeviceFacts(Map<String, Quantity> byName) {
  /** Nothing known. */
  public static final DeviceFacts NONE = new DeviceFacts(Map.of());

  private static final Map<String, Dimension> KNOWN =
      Map.of(
          "die_area", Dimension.AREA,
          "process", Dimension.LENGTH,
          "release_price", Dimension.PRICE,
          "embodied_carbon", Dimension.CARBON,
          "int8_peak", Dimension.COMPUTE,
          "fp4_peak", Dimension.COMPUTE,
          "host_memory", Dimension.CAPACITY,
          "host_link", Dimension.BANDWIDTH,
          "largest_system", Dimension.COUNT);

  public DeviceFacts {
    byName = Collections.unmodifiableMap(new LinkedHashMap<>(byName));
  }

  static DeviceFacts read(Section section) {
    Map<String, Quantity> found = new LinkedHashMap<>();
    KNOWN.keySet().stream()
        .sorted()
        .forEach(
            name ->
                section
                    .optionalQuantity(name, KNOWN.get(name), Double.MIN_VALUE)
                    .ifPresent(quantity -> found.put(name, quantity)));
    section.finish();
    return new DeviceFacts(found);
  }
}
