package dev.membound.model.catalogue;

import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Quantity;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * One mapping of a catalogue file, read strictly: every key is asked for by name, and {@link
 * #finish()} refuses the keys that nobody asked for. All errors name file, line and key.
 */
public final class Section {
  /** Beyond any device, in SI units: keeps products of parameters finite. */
  private static final double ABSURD = 1e21;

  private final String file;
  private final String path;
  private final Node.Mapping mapping;
  private final Sources sources;
  private final Set<String> asked = new LinkedHashSet<>();
  private final Set<String> used = new HashSet<>();

  private Section(String file, String path, Node.Mapping mapping, Sources sources) {
    this.file = file;
    this.path = path;
    this.mapping = mapping;
    this.sources = sources;
  }

  /**
   * The root of a file that extends no other. Its optional key {@code sources} names the sources
   * that quantities refer to.
   *
   * @param file name for error messages
   * @throws CatalogueException when it is no YAML mapping
   */
  public static Section parse(String file, String yaml) {
    return of(Document.parse(file, yaml));
  }

  static Section of(Document document) {
    Map<String, Section> sources = new LinkedHashMap<>();
    document
        .sourcesByFile()
        .forEach(
            (file, mapping) ->
                sources.put(file, new Section(file, "sources.", mapping, Sources.none())));
    return new Section(document.file(), "", document.root(), Sources.read(sources));
  }

  /** Whether {@code key} is there. */
  public boolean has(String key) {
    asked.add(key);
    return mapping.entries().containsKey(key);
  }

  /** The text of {@code key}, not blank. */
  public String text(String key) {
    Node.Scalar scalar = scalar(key);
    if (scalar.text().isBlank()) {
      throw error(key, "must not be empty");
    }
    return scalar.text().strip();
  }

  /** A whole number from 1 to {@code most}. */
  public int count(String key, int most) {
    Node.Scalar scalar = scalar(key);
    try {
      int value = Integer.parseInt(scalar.text());
      if (scalar.number() && value >= 1 && value <= most) {
        return value;
      }
    } catch (NumberFormatException e) {
      // reported below, together with values out of range
    }
    throw error(key, "must be a whole number from 1 to " + most + ", not '" + scalar.text() + "'");
  }

  /** A number, for values that are choices and not facts. */
  public double number(String key) {
    return number(key, -Double.MAX_VALUE);
  }

  /** A list of texts or numbers, at least one, none blank. */
  public List<String> texts(String key) {
    if (!(node(key) instanceof Node.Items list) || list.items().isEmpty()) {
      throw error(key, "must be a list in brackets, at least one");
    }
    List<String> texts = new ArrayList<>();
    for (Node item : list.items()) {
      if (!(item instanceof Node.Scalar scalar) || scalar.text().isBlank()) {
        throw error(key, "must be a list of single values");
      }
      texts.add(scalar.text().strip());
    }
    return List.copyOf(texts);
  }

  /** Whether {@code key} holds a mapping. */
  public boolean holdsMapping(String key) {
    return has(key) && mapping.entries().get(key) instanceof Node.Mapping;
  }

  /** Whether {@code key} holds a list of mappings. */
  public boolean holdsMappings(String key) {
    return has(key)
        && mapping.entries().get(key) instanceof Node.Items list
        && list.items().stream().allMatch(Node.Mapping.class::isInstance);
  }

  /** Keys of this mapping in file order. */
  public List<String> keys() {
    return List.copyOf(mapping.entries().keySet());
  }

  /** {@code true} or {@code false}. */
  public boolean flag(String key) {
    String text = scalar(key).text();
    if (!text.equals("true") && !text.equals("false")) {
      throw error(key, "must be true or false, not '" + text + "'");
    }
    return text.equals("true");
  }

  /** One of the constants of {@code type}, written in any case, with - for _. */
  public <E extends Enum<E>> E choice(String key, Class<E> type) {
    return constant(key, scalar(key).text(), type);
  }

  /** A list of constants of {@code type}. */
  public <E extends Enum<E>> List<E> choices(String key, Class<E> type) {
    if (!(node(key) instanceof Node.Items list)) {
      throw error(key, "must be a list in brackets");
    }
    List<E> constants = new ArrayList<>();
    for (Node item : list.items()) {
      if (!(item instanceof Node.Scalar scalar)) {
        throw error(key, "must be a list of names");
      }
      constants.add(constant(key, scalar.text(), type));
    }
    if (constants.isEmpty()) {
      throw error(key, "must name at least one");
    }
    return List.copyOf(constants);
  }

  private <E extends Enum<E>> E constant(String key, String text, Class<E> type) {
    for (E candidate : type.getEnumConstants()) {
      if (candidate.name().replace('_', '-').equalsIgnoreCase(text.replace('_', '-'))) {
        return candidate;
      }
    }
    String known =
        Arrays.stream(type.getEnumConstants())
            .map(c -> c.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.joining(", "));
    throw error(key, "must be one of " + known + ", not '" + text + "'");
  }

  /** The mapping under {@code key}. */
  public Section section(String key) {
    if (node(key) instanceof Node.Mapping child) {
      return new Section(file, path + key + ".", child, sources);
    }
    throw error(key, "must be a mapping of keys to values");
  }

  /** The mappings listed under {@code key}, at least one. */
  public List<Section> sections(String key) {
    if (!(node(key) instanceof Node.Items list) || list.items().isEmpty()) {
      throw error(key, "must be a list of at least one mapping");
    }
    List<Section> children = new ArrayList<>();
    for (Node item : list.items()) {
      if (!(item instanceof Node.Mapping child)) {
        throw error(key, "must be a list of mappings");
      }
      children.add(new Section(file, path + key + "[" + children.size() + "].", child, sources));
    }
    return children;
  }

  /** All keys of this mapping with their child mappings, in file order. */
  public Map<String, Section> allSections() {
    Map<String, Section> children = new LinkedHashMap<>();
    for (String key : mapping.entries().keySet()) {
      children.put(key, section(key));
    }
    return children;
  }

  /**
   * The quantity under the key {@code name_UNIT}, for instance {@code capacity_GiB: {value: 80,
   * source: data-sheet}}, converted to the SI unit of {@code dimension}. {@code low} and {@code
   * high} are the ends of the 90 % interval and may be left out together; {@code assumed: reason}
   * stands in the place of {@code source} where nobody has published the value.
   *
   * @param smallest lowest value allowed, in the unit of the key
   * @throws CatalogueException when it is missing, doubled, of another dimension, no number, out of
   *     range, or without a source
   */
  public Quantity quantity(String name, Dimension dimension, double smallest) {
    return optionalQuantity(name, dimension, smallest)
        .orElseThrow(
            () -> missing(name + "_" + unitChoice(dimension), name + "_" + dimension.siUnit()));
  }

  /** As {@link #quantity}, for a positive value. */
  public Quantity positive(String name, Dimension dimension) {
    return quantity(name, dimension, Double.MIN_VALUE);
  }

  /** As {@link #quantity}; empty when there is no such key. */
  public Optional<Quantity> optionalQuantity(String name, Dimension dimension, double smallest) {
    String found = null;
    for (String key : mapping.entries().keySet()) {
      if (!key.startsWith(name + "_")) {
        continue;
      }
      Optional<Dimension> actual = Dimension.ofSuffix(key.substring(name.length() + 1));
      if (actual.isEmpty()) {
        continue;
      }
      if (actual.get() != dimension) {
        throw error(
            key,
            "wrong unit: must be "
                + name
                + "_"
                + unitChoice(dimension)
                + " ("
                + dimension.siUnit()
                + ")");
      }
      if (found != null) {
        throw error(key, "given twice, also as '" + found + "'");
      }
      found = key;
    }
    if (found == null) {
      dimension.factors().keySet().forEach(suffix -> asked.add(name + "_" + suffix));
      return Optional.empty();
    }
    String suffix = found.substring(name.length() + 1);
    Section child = section(found);
    Quantity quantity = child.sourced(dimension, dimension.factors().get(suffix), smallest);
    child.finish();
    return Optional.of(quantity);
  }

  private Quantity sourced(Dimension dimension, double factor, double smallest) {
    double value = number("value", smallest);
    if (dimension == Dimension.COUNT && value != Math.rint(value)) {
      throw error("value", "must be a whole number, not " + scalar("value").text());
    }
    if (has("low") != has("high")) {
      throw error(has("low") ? "low" : "high", "an interval needs both 'low' and 'high'");
    }
    double low = has("low") ? number("low", 0) : value;
    double high = has("high") ? number("high", 0) : value;
    if (!(low <= value && value <= high)) {
      throw error("value", "must lie within its interval: " + low + " <= " + value + " <= " + high);
    }
    if (has("source") == has("assumed")) {
      throw error("value", "needs either 'source' (an id under sources) or 'assumed' (the reason)");
    }
    if (high * factor > ABSURD) {
      throw error("value", "is absurdly large: " + high * factor + " " + dimension.siUnit());
    }
    Sources.Source source =
        has("source")
            ? sources.find(this, mapping.place().file(), text("source"))
            : Sources.assumed(text("assumed"));
    return new Quantity(
        value * factor,
        dimension.siUnit(),
        low * factor,
        high * factor,
        source.provenance(),
        source.text());
  }

  private double number(String key, double smallest) {
    Node.Scalar scalar = scalar(key);
    double value;
    try {
      value = Double.parseDouble(scalar.text());
    } catch (NumberFormatException e) {
      throw error(key, "must be a number, not '" + scalar.text() + "'");
    }
    if (!scalar.number() || !Double.isFinite(value)) {
      throw error(key, "must be a number, not '" + scalar.text() + "'");
    }
    if (value < smallest) {
      throw error(
          key, "must be " + (smallest > 0 ? "positive" : "at least 0") + ", not " + scalar.text());
    }
    return value;
  }

  /**
   * Call when everything has been asked for.
   *
   * @throws CatalogueException when a key is left that nobody asked for
   */
  public void finish() {
    for (String key : mapping.entries().keySet()) {
      if (!used.contains(key)) {
        throw error(key, "unknown key" + NearNames.suggestion(key, asked));
      }
    }
    if (path.isEmpty()) {
      sources.refuseUnused(file);
    }
  }

  /** An error at {@code key} of this section, ready to throw. */
  public CatalogueException error(String key, String problem) {
    Node.Place place = mapping.keyPlaces().getOrDefault(key, mapping.place());
    return new CatalogueException(
        place.file() + " line " + place.line() + ": '" + path + key + "': " + problem);
  }

  private Node.Scalar scalar(String key) {
    if (node(key) instanceof Node.Scalar scalar) {
      return scalar;
    }
    throw error(key, "must be a single value");
  }

  private Node node(String key) {
    asked.add(key);
    Node node = mapping.entries().get(key);
    if (node == null) {
      throw missing(key, key);
    }
    used.add(key);
    return node;
  }

  private CatalogueException missing(String key, String near) {
    Set<String> unasked = new LinkedHashSet<>(mapping.entries().keySet());
    unasked.removeAll(used);
    return error(key, "missing" + NearNames.suggestion(near, unasked));
  }

  private static String unitChoice(Dimension dimension) {
    return String.join("|", dimension.factors().keySet());
  }
}
