package dev.membound.model.catalogue;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLMapper;

/** A YAML value that remembers its line, which Jackson's own tree does not. */
sealed interface Node {

  /** One-based line that the value starts on. */
  int line();

  record Scalar(String text, boolean number, int line) implements Node {}

  record Items(List<Node> items, int line) implements Node {}

  /** Where something is written. */
  record Place(String file, int line) {}

  /**
   * Keys with their values.
   *
   * @param keyPlaces where each key is written, which differs where files extend each other
   * @param place where the mapping starts
   */
  record Mapping(Map<String, Node> entries, Map<String, Place> keyPlaces, Place place)
      implements Node {
    @Override
    public int line() {
      return place.line();
    }
  }

  /**
   * Parses one YAML document whose root is a mapping.
   *
   * @throws CatalogueException when it is no YAML, has duplicate keys, or is not a mapping
   */
  static Mapping parse(String file, String yaml) {
    YAMLMapper mapper =
        YAMLMapper.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = mapper.createParser(yaml)) {
      JsonToken first = parser.nextToken();
      if (first != JsonToken.START_OBJECT) {
        throw new CatalogueException(file + ": must be a YAML mapping of keys to values");
      }
      Mapping root = (Mapping) value(parser, file, "");
      if (parser.nextToken() != null) {
        throw new CatalogueException(file + ": holds more than one YAML document");
      }
      return root;
    } catch (JacksonException e) {
      int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
      // What the parser was at, and what is wrong; indented lines show the place.
      String reason =
          e.getOriginalMessage()
              .lines()
              .filter(part -> !part.isBlank() && !part.startsWith(" "))
              .collect(Collectors.joining(", "));
      throw new CatalogueException(
          file + (line > 0 ? " line " + line : "") + ": not valid YAML: " + reason, e);
    }
  }

  /** {@code path} names the value in errors: the keys that lead to it. */
  private static Node value(JsonParser parser, String file, String path) {
    int line = parser.currentTokenLocation().getLineNr();
    JsonToken token = parser.currentToken();
    return switch (token) {
      case START_OBJECT -> mapping(parser, file, path, line);
      case START_ARRAY -> {
        List<Node> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(value(parser, file, path + "[" + items.size() + "]"));
        }
        yield new Items(List.copyOf(items), line);
      }
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new Scalar(parser.getString(), true, line);
      case VALUE_STRING, VALUE_TRUE, VALUE_FALSE -> new Scalar(parser.getString(), false, line);
      default ->
          throw new CatalogueException(
              file + " line " + line + ": '" + path + "': a value is missing or null");
    };
  }

  private static Mapping mapping(JsonParser parser, String file, String path, int line) {
    Map<String, Node> entries = new LinkedHashMap<>();
    Map<String, Place> keyPlaces = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      String key = parser.currentName();
      keyPlaces.put(key, new Place(file, parser.currentTokenLocation().getLineNr()));
      parser.nextToken();
      entries.put(key, value(parser, file, path.isEmpty() ? key : path + "." + key));
    }
    return new Mapping(entries, keyPlaces, new Place(file, line));
  }
}
