package dev.membound.model.explore;

import dev.membound.model.device.DeviceProfile;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A device with some of its values replaced.
 *
 * @param base catalogue name or path of the device
 * @param values by their key path in the device file, in the unit of the key
 */
public record DeviceVariant(String base, DeviceProfile device, Map<String, Double> values) {
  public DeviceVariant {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }
}
