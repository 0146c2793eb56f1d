package dev.membound.model.llm;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.NearNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys of a {@code config.json}, read as what they must be; errors name file and key in one
 * line. Keys that nobody asks for are left alone: such files hold much that is no shape.
 */
final class ConfigKeys {
  private final String file;
  private final String json;
  private final String path;
  private final JsonNode object;

  private ConfigKeys(String file, String json, String path, JsonNode object) {
    this.file = file;
    this.json = json;
    this.path = path;
    this.object = object;
  }

  /**
   * The keys of a JSON object.
   *
   * @throws CatalogueException when it is none, or a key is doubled
   */
  static ConfigKeys parse(String file, String json) {
    JsonMapper mapper =
        JsonMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try {
      JsonNode root = mapper.readTree(json);
      if (root == null || !root.isObject()) {
        throw new CatalogueException(file + ": must be a JSON object");
      }
      return new ConfigKeys(file, json, "", root);
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      String reason = e.getOriginalMessage().lines().findFirst().orElse("unreadable");
      // Jackson's own words for where the text came from.
      reason = reason.replaceAll("\\s*\\([^()]*\\[?Source:.*$", "");
      throw new CatalogueException(
          file + (line > 0 ? " line " + line : "") + ": not valid JSON: " + reason, e);
    }
  }

  /** Whether {@code key} is there and not null. */
  boolean has(String key) {
    return object.has(key) && !object.get(key).isNull();
  }

  ConfigKeys object(String key) {
    JsonNode child = node(key);
    if (!child.isObject()) {
      throw error(key, "must be an object");
    }
    return new ConfigKeys(file, json, path + key + ".", child);
  }

  String text(String key) {
    JsonNode node = node(key);
    if (!node.isString()) {
      throw error(key, "must be a text");
    }
    return node.stringValue();
  }

  /** A whole number from {@code least} to {@code most}. */
  int number(String key, int least, int most) {
    JsonNode node = node(key);
    if (node.isInt() && node.intValue() >= least && node.intValue() <= most) {
      return node.intValue();
    }
    throw error(
        key, "must be a whole number from " + least + " to " + most + ", not " + shown(node));
  }

  /** As {@link #number}, or {@code otherwise} where the key is left out or null. */
  int number(String key, int least, int most, int otherwise) {
    return has(key) ? number(key, least, most) : otherwise;
  }

  boolean flag(String key, boolean otherwise) {
    if (!has(key)) {
      return otherwise;
    }
    if (!node(key).isBoolean()) {
      throw error(key, "must be true or false, not " + shown(node(key)));
    }
    return node(key).booleanValue();
  }

  /** The texts of a list, or nothing where the key is left out or null. */
  Optional<List<String>> texts(String key) {
    if (!has(key)) {
      return Optional.empty();
    }
    List<String> texts = new ArrayList<>();
    for (JsonNode item : list(key)) {
      if (!item.isString()) {
        throw error(key, "must be a list of texts, not " + shown(item));
      }
      texts.add(item.stringValue());
    }
    return Optional.of(texts);
  }

  /** Whether a list is left out or empty. */
  boolean isEmptyList(String key) {
    return !has(key) || list(key).isEmpty();
  }

  private JsonNode list(String key) {
    JsonNode node = node(key);
    if (!node.isArray()) {
      throw error(key, "must be a list, not " + shown(node));
    }
    return node;
  }

  private JsonNode node(String key) {
    if (!has(key)) {
      throw error(
          key,
          object.has(key)
              ? "must not be null"
              : "missing" + NearNames.suggestion(key, object.propertyNames()));
    }
    return object.get(key);
  }

  private static String shown(JsonNode node) {
    String text = node.toString();
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }

  /** An error at {@code key}, ready to throw. */
  CatalogueException error(String key, String problem) {
    return new CatalogueException(
        file + " line " + line(path + key) + ": '" + path + key + "': " + problem);
  }

  /** Where a key stands; where it is missing, where its object starts. */
  private int line(String key) {
    String wanted = "/" + key.replace('.', '/');
    String around = wanted.substring(0, wanted.lastIndexOf('/'));
    int line = 1;
    try (JsonParser parser = new JsonMapper().createParser(json)) {
      while (parser.nextToken() != null) {
        if (parser.currentToken() == JsonToken.PROPERTY_NAME) {
          String here = parser.streamReadContext().pathAsPointer().toString();
          if (here.equals(wanted)) {
            return parser.currentTokenLocation().getLineNr();
          }
          if (here.equals(around)) {
            line = parser.currentTokenLocation().getLineNr();
          }
        }
      }
    }
    return line;
  }

  /** An error of the whole file. */
  CatalogueException error(String problem) {
    return new CatalogueException(file + ": " + problem);
  }
}
