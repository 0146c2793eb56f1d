package dev.membound.model.catalogue;

import dev.membound.model.catalogue.Node.Place;
import dev.membound.model.quantity.Dimension;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A catalogue file, and under it the files that it extends. Each value keeps the file and line
 * where it is written, and its source is looked up in that file.
 *
 * @param file name for error messages
 * @param root all keys but {@code sources}
 * @param sourcesByFile the {@code sources} of every file, by file name
 */
record Document(String file, Node.Mapping root, Map<String, Node.Mapping> sourcesByFile) {
  private static final String SOURCES = "sources";

  /** {@code replace: true} keeps nothing of the mapping below. */
  private static final String REPLACE = "replace";

  /**
   * Mappings with one of these keys replace what they are laid over: their other keys depend on it.
   */
  private static final List<String> REPLACING = List.of("value", "kind", "part", REPLACE);

  static Document parse(String file, String yaml) {
    Node.Mapping root = Node.parse(file, yaml);
    Map<String, Node.Mapping> sources = new LinkedHashMap<>();
    if (root.entries().containsKey(SOURCES)) {
      if (!(root.entries().get(SOURCES) instanceof Node.Mapping mapping)) {
        throw new CatalogueException(
            file
                + " line "
                + root.keyPlaces().get(SOURCES).line()
                + ": 'sources': must be a mapping of keys to values");
      }
      sources.put(file, mapping);
    }
    return new Document(file, without(root, SOURCES), sources);
  }

  /** The text under a root key, which may be missing. */
  Optional<String> text(String key) {
    Node node = root.entries().get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof Node.Scalar scalar) {
      return Optional.of(scalar.text());
    }
    throw error(key, "must be a single value");
  }

  CatalogueException error(String key, String problem) {
    Place place = root.keyPlaces().getOrDefault(key, root.place());
    return new CatalogueException(
        place.file() + " line " + place.line() + ": '" + key + "': " + problem);
  }

  /** This file laid over {@code base}. */
  Document over(Document base) {
    return with(overlay(base.root, root), base);
  }

  /** This document with {@code part}, of another file, under one of its mappings. */
  Document withPartUnder(String key, Node.Mapping own, Node.Mapping part, Document partFile) {
    Node.Mapping merged = overlay(part, without(own, "part"));
    Map<String, Node> entries = new LinkedHashMap<>(root.entries());
    entries.put(key, merged);
    return with(new Node.Mapping(entries, root.keyPlaces(), root.place()), partFile);
  }

  private Document with(Node.Mapping newRoot, Document sourcesToo) {
    Map<String, Node.Mapping> sources = new LinkedHashMap<>(sourcesToo.sourcesByFile);
    sources.putAll(sourcesByFile);
    return new Document(file, newRoot, sources);
  }

  Document without(String key) {
    return new Document(file, without(root, key), sourcesByFile);
  }

  private static Node.Mapping without(Node.Mapping mapping, String key) {
    Map<String, Node> entries = new LinkedHashMap<>(mapping.entries());
    entries.remove(key);
    return new Node.Mapping(entries, mapping.keyPlaces(), mapping.place());
  }

  private static Node overlay(Node base, Node top) {
    if (base instanceof Node.Mapping below && top instanceof Node.Mapping above) {
      boolean replaces = REPLACING.stream().anyMatch(above.entries()::containsKey);
      return replaces ? without(above, REPLACE) : overlay(below, above);
    }
    if (base instanceof Node.Items below && top instanceof Node.Items above) {
      return overlay(below, above);
    }
    return top;
  }

  private static Node.Mapping overlay(Node.Mapping base, Node.Mapping top) {
    refuseDoubledQuantities(top);
    Map<String, Node> entries = new LinkedHashMap<>(base.entries());
    Map<String, Place> places = new LinkedHashMap<>(base.keyPlaces());
    top.entries()
        .forEach(
            (key, node) -> {
              Node below = entries.get(key);
              if (below == null) {
                // The same quantity in another unit.
                quantityName(key)
                    .ifPresent(
                        name ->
                            entries
                                .keySet()
                                .removeIf(k -> quantityName(k).equals(Optional.of(name))));
              }
              entries.put(key, below == null ? node : overlay(below, node));
              places.put(key, top.keyPlaces().get(key));
            });
    return new Node.Mapping(entries, places, top.place());
  }

  /** Laid over another mapping, the second of two units would quietly replace the first. */
  private static void refuseDoubledQuantities(Node.Mapping top) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String key : top.entries().keySet()) {
      quantityName(key)
          .map(name -> keys.put(name, key))
          .ifPresent(
              other -> {
                Place place = top.keyPlaces().get(key);
                throw new CatalogueException(
                    place.file()
                        + " line "
                        + place.line()
                        + ": '"
                        + key
                        + "': given twice, also as '"
                        + other
                        + "'");
              });
    }
  }

  /** Lists of named mappings are merged by name, others are replaced. */
  private static Node overlay(Node.Items base, Node.Items top) {
    Map<String, Node> byName = new LinkedHashMap<>();
    for (Node item : base.items()) {
      byName.put(name(item).orElse("#" + byName.size()), item);
    }
    for (Node item : top.items()) {
      Optional<String> name = name(item);
      if (name.isEmpty()) {
        return top;
      }
      byName.merge(name.get(), item, Document::overlay);
    }
    return new Node.Items(new ArrayList<>(byName.values()), top.line());
  }

  private static Optional<String> name(Node item) {
    return item instanceof Node.Mapping mapping
            && mapping.entries().get("name") instanceof Node.Scalar scalar
        ? Optional.of(scalar.text())
        : Optional.empty();
  }

  /** {@code capacity} of {@code capacity_GiB}; empty where the key ends in no unit. */
  private static Optional<String> quantityName(String key) {
    for (int i = key.indexOf('_'); i >= 0; i = key.indexOf('_', i + 1)) {
      if (Dimension.ofSuffix(key.substring(i + 1)).isPresent()) {
        return Optional.of(key.substring(0, i));
      }
    }
    return Optional.empty();
  }
}
