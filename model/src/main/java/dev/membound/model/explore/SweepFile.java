package dev.membound.model.explore;

import dev.membound.model.catalogue.CatalogueException;
import dev.membound.model.catalogue.NearNames;
import dev.membound.model.catalogue.Section;
import dev.membound.model.cost.Deployment;
import dev.membound.model.cost.Economics;
import dev.membound.model.cost.Metric;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Reads a sweep, strictly: errors are one line that names file, line and key. */
public final class SweepFile {
  private static final int MOST_STEPS = 100_000;
  private static final int MOST_VARIANTS = 20_000;

  private static final List<String> KINDS = List.of("TP", "PP", "EP", "DP", "CP");

  private final Section root;

  private SweepFile(Section root) {
    this.root = root;
  }

  /**
   * The sweep in a text.
   *
   * @param file name for error messages
   * @throws CatalogueException when it is not sound
   */
  public static Sweep parse(String file, String yaml) {
    return new SweepFile(Section.parse(file, yaml)).read();
  }

  private Sweep read() {
    Sweep sweep =
        new Sweep(
            name(),
            root.has("description") ? root.text("description") : "",
            named("models", LlmCatalogue::find),
            devices(),
            parallelism(),
            formats("weights"),
            formats("kv"),
            counts("replicas"),
            caps(),
            axis("contexts", 0, 1L << 30),
            axis("batches", 1, 1 << 20).stream().map(Math::toIntExact).toList(),
            Economics.of(
                root.has("deployment")
                    ? found("deployment", root.text("deployment"), Deployment::find)
                    : Deployment.standard()),
            objectives(),
            root.has("front_per") ? root.choices("front_per", Axis.class) : List.of());
    root.finish();
    double points =
        Stream.of(
                sweep.models(),
                sweep.devices(),
                sweep.parallelism(),
                sweep.weights(),
                sweep.kv(),
                sweep.replicas(),
                sweep.powerCapWatts(),
                sweep.contexts(),
                sweep.batches())
            .mapToDouble(List::size)
            .reduce(1, (x, y) -> x * y);
    if (points > Sweep.MOST_POINTS) {
      throw root.error("name", "spans " + points + " points; at most " + Sweep.MOST_POINTS);
    }
    return sweep;
  }

  private String name() {
    String name = root.text("name");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,63}")) {
      throw root.error("name", "must be letters, digits, dots and hyphens: it names a folder");
    }
    return name;
  }

  private <T> List<T> named(String key, Function<String, T> find) {
    return root.texts(key).stream().map(name -> found(key, name, find)).toList();
  }

  /** What a catalogue says about a name, at the line where it stands. */
  private <T> T found(String key, String name, Function<String, T> find) {
    try {
      return find.apply(name);
    } catch (CatalogueException | IllegalArgumentException e) {
      throw root.error(key, e.getMessage());
    }
  }

  private List<DataFormat> formats(String key) {
    return root.has(key) ? named(key, DataFormat::of) : List.of(DataFormat.F16);
  }

  private List<Integer> counts(String key) {
    return root.has(key)
        ? axis(key, 1, 1 << 16).stream().map(Math::toIntExact).toList()
        : List.of(1);
  }

  /** {@code tensor_parallel: [1, 8]}, or {@code parallelism: [TP8, TP4 PP2, TP8 EP8]}. */
  private List<Sharding> parallelism() {
    if (!root.has("parallelism")) {
      return counts("tensor_parallel").stream().map(Sharding::tensor).toList();
    }
    if (root.has("tensor_parallel")) {
      throw root.error("tensor_parallel", "is said by 'parallelism' already");
    }
    return root.texts("parallelism").stream().map(this::sharding).toList();
  }

  private Sharding sharding(String label) {
    int[] sizes = {1, 1, 1, 1, 1};
    for (String part : label.split(" +")) {
      int kind = part.length() > 2 ? KINDS.indexOf(part.substring(0, 2)) : -1;
      if (kind < 0 || !part.substring(2).matches("[1-9]\\d{0,4}") || sizes[kind] != 1) {
        throw root.error(
            "parallelism",
            "must be like TP8 or 'TP4 PP2', of TP, PP, EP, DP, CP, not '" + label + "'");
      }
      sizes[kind] = Integer.parseInt(part.substring(2));
    }
    try {
      return new Sharding(sizes[0], sizes[1], sizes[2], sizes[3], sizes[4], 0);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw root.error("parallelism", label + ": " + e.getMessage());
    }
  }

  private List<OptionalDouble> caps() {
    if (!root.has("power_caps_W")) {
      return List.of(OptionalDouble.empty());
    }
    return numbers(root, "power_caps_W").stream()
        .map(
            watts -> {
              if (!(watts > 0)) {
                throw root.error("power_caps_W", "must be positive, not " + watts);
              }
              return OptionalDouble.of(watts);
            })
        .toList();
  }

  private List<Objective> objectives() {
    Section section = root.section("objectives");
    List<Objective> objectives = new ArrayList<>();
    for (String key : section.keys()) {
      Metric metric =
          Arrays.stream(Metric.values())
              .filter(m -> m.key().equals(key))
              .findFirst()
              .orElseThrow(() -> section.error(key, unknownMetric(key)));
      String way = section.text(key);
      if (!way.equals("max") && !way.equals("min")) {
        throw section.error(key, "must be max or min, not '" + way + "'");
      }
      objectives.add(new Objective(metric, way.equals("max")));
    }
    if (objectives.isEmpty()) {
      throw root.error("objectives", "must name at least one metric");
    }
    return objectives;
  }

  private static String unknownMetric(String key) {
    List<String> known = Arrays.stream(Metric.values()).map(Metric::key).toList();
    String near = NearNames.suggestion(key, known);
    return "unknown metric" + (near.isEmpty() ? "; known are " + String.join(", ", known) : near);
  }

  /** Whole numbers, ascending, each once; a range is rounded. */
  private List<Long> axis(String key, long least, long most) {
    TreeSet<Long> values = new TreeSet<>();
    boolean range = root.holdsMapping(key);
    for (double number : numbers(root, key)) {
      long value = Math.round(number);
      if (!range && value != number) {
        throw root.error(key, "must be whole numbers, not " + number);
      }
      if (value < least || value > most) {
        throw root.error(key, "must be " + least + " to " + most + ", not " + value);
      }
      values.add(value);
    }
    return List.copyOf(values);
  }

  /** A list, or {@code {from, to, steps, scale: linear | geometric}}. */
  private static List<Double> numbers(Section section, String key) {
    if (section.holdsMapping(key)) {
      return range(section.section(key));
    }
    List<Double> values = new ArrayList<>();
    for (String text : section.texts(key)) {
      double value;
      try {
        value = Double.parseDouble(text);
      } catch (NumberFormatException e) {
        throw section.error(key, "must be numbers, not '" + text + "'");
      }
      if (!Double.isFinite(value)) {
        throw section.error(key, "must be finite numbers, not " + text);
      }
      values.add(value);
    }
    return values;
  }

  private enum Scale {
    LINEAR,
    GEOMETRIC
  }

  private static List<Double> range(Section section) {
    double from = section.number("from");
    double to = section.number("to");
    int steps = section.count("steps", MOST_STEPS);
    Scale scale = section.has("scale") ? section.choice("scale", Scale.class) : Scale.LINEAR;
    section.finish();
    if (!(to >= from)) {
      throw section.error("to", "must not be below " + from + ", not " + to);
    }
    if (steps < 2) {
      throw section.error("steps", "a range has at least 2 steps, its ends");
    }
    if (scale == Scale.GEOMETRIC && !(from > 0)) {
      throw section.error("from", "a geometric range starts above 0, not at " + from);
    }
    List<Double> values = new ArrayList<>();
    for (int i = 0; i < steps; i++) {
      double share = i / (steps - 1.0);
      values.add(
          i == steps - 1
              ? to
              : scale == Scale.LINEAR
                  ? from + (to - from) * share
                  : from * StrictMath.pow(to / from, share));
    }
    return values;
  }

  private List<DeviceVariant> devices() {
    List<DeviceVariant> all = new ArrayList<>();
    if (!root.holdsMappings("devices")) {
      for (String base : root.texts("devices")) {
        all.add(new DeviceVariant(base, found("devices", base, DeviceCatalogue::find), Map.of()));
      }
      return all;
    }
    for (Section entry : root.sections("devices")) {
      String base = entry.text("device");
      List<Map<String, Double>> choices = new ArrayList<>();
      choices.add(new LinkedHashMap<>());
      if (entry.has("vary")) {
        choices = combinations(entry, entry.section("vary"));
      }
      for (Map<String, Double> values : choices) {
        all.add(variant(entry, base, values));
      }
      entry.finish();
    }
    return all;
  }

  private static List<Map<String, Double>> combinations(Section entry, Section vary) {
    List<Map<String, Double>> choices = new ArrayList<>();
    choices.add(new LinkedHashMap<>());
    for (String path : vary.keys()) {
      List<Double> values = numbers(vary, path);
      if ((long) choices.size() * values.size() > MOST_VARIANTS) {
        throw entry.error("vary", "spans more than " + MOST_VARIANTS + " devices");
      }
      List<Map<String, Double>> longer = new ArrayList<>();
      for (Map<String, Double> choice : choices) {
        for (double value : values) {
          Map<String, Double> next = new LinkedHashMap<>(choice);
          next.put(path, value);
          longer.add(next);
        }
      }
      choices = longer;
    }
    vary.finish();
    return choices;
  }

  private static DeviceVariant variant(Section entry, String base, Map<String, Double> values) {
    try {
      return new DeviceVariant(
          base,
          values.isEmpty()
              ? DeviceCatalogue.find(base)
              : DeviceCatalogue.parse("the varied device", VariedDevice.yaml(base, values)),
          values);
    } catch (CatalogueException | IllegalArgumentException e) {
      String key = values.isEmpty() ? "device" : "vary";
      throw entry.error(key, e.getMessage().replaceFirst("^the varied device line \\d+: ", ""));
    }
  }
}
