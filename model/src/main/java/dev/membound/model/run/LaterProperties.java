package dev.membound.model.run;

import dev.membound.model.run.RunFolder.Document;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Properties that files of schema version 1 did not have from the beginning. All may be null; where
 * an older file lacks one, it is null.
 */
final class LaterProperties {
  private LaterProperties() {}

  /**
   * Adds what a file lacks.
   *
   * @return whether there was something to add
   */
  static boolean complete(Document document, JsonNode file) {
    return switch (document) {
      case HOST ->
          addNull(file, "vectorWidths")
              | addNull(file, "memboundVersion")
              | addNull(file, "memboundBuild");
      case MEASUREMENTS -> {
        boolean added = false;
        for (JsonNode measurement : file.path("measurements")) {
          added |= addNull(measurement, "activations");
          for (JsonNode sample : measurement.path("samples")) {
            added |= addNull(sample, "allocatedBytesPerCall") | addNull(sample, "disturbedBy");
          }
        }
        yield added;
      }
      default -> false;
    };
  }

  private static boolean addNull(JsonNode node, String property) {
    if (node instanceof ObjectNode object && !object.has(property)) {
      object.putNull(property);
      return true;
    }
    return false;
  }
}
