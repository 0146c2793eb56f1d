package dev.membound.model.explore;

import dev.membound.model.run.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A device file that extends another with other numbers. Paths are those of the device file, {@code
 * memory.capacity_GB} or {@code engines.tensor-cores.peak.F16_TFLOPS}.
 */
final class VariedDevice {
  private static final String ENGINES = "engines";

  private VariedDevice() {}

  static String yaml(String base, Map<String, Double> values) {
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("name", name(base, values));
    file.put("extends", base);
    values.forEach(
        (path, value) ->
            put(
                file,
                new ArrayList<>(List.of(path.split("\\.", -1))),
                Map.of("value", value, "assumed", "varied by the sweep")));
    // JSON is YAML.
    return Json.mapper().writeValueAsString(file);
  }

  private static String name(String base, Map<String, Double> values) {
    StringBuilder name = new StringBuilder(base);
    values.forEach((path, value) -> name.append(' ').append(path).append('=').append(value));
    return name.toString();
  }

  private static void put(Map<String, Object> mapping, List<String> path, Object value) {
    String key = path.removeFirst();
    if (path.isEmpty()) {
      mapping.put(key, value);
    } else if (key.equals(ENGINES)) {
      put(named(mapping, path.removeFirst()), path, value);
    } else {
      put(child(mapping, key), path, value);
    }
  }

  @SuppressWarnings("unchecked") // this class alone puts mappings there
  private static Map<String, Object> child(Map<String, Object> mapping, String key) {
    Object child = mapping.computeIfAbsent(key, k -> new LinkedHashMap<String, Object>());
    if (!(child instanceof Map)) {
      throw new IllegalArgumentException("'" + key + "' is both a value and a mapping");
    }
    return (Map<String, Object>) child;
  }

  @SuppressWarnings("unchecked") // this class alone puts lists of mappings there
  private static Map<String, Object> named(Map<String, Object> mapping, String engine) {
    List<Map<String, Object>> engines =
        (List<Map<String, Object>>)
            mapping.computeIfAbsent(ENGINES, k -> new ArrayList<Map<String, Object>>());
    return engines.stream()
        .filter(e -> e.get("name").equals(engine))
        .findFirst()
        .orElseGet(
            () -> {
              Map<String, Object> added = new LinkedHashMap<>();
              added.put("name", engine);
              engines.add(added);
              return added;
            });
  }
}
