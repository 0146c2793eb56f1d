package dev.membound.model.catalogue;

import dev.membound.model.quantity.Provenance;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The sources that a catalogue file names once and its values refer to by id. */
final class Sources {

  /** What stands behind values, and where to read it. */
  record Source(Provenance provenance, String text) {}

  private final Map<String, Section> sections;
  private final Map<String, Map<String, Source>> byFile;
  private final Set<Source> used = new HashSet<>();

  private Sources(Map<String, Section> sections, Map<String, Map<String, Source>> byFile) {
    this.sections = sections;
    this.byFile = byFile;
  }

  static Sources none() {
    return new Sources(Map.of(), Map.of());
  }

  /** Reads {@code id: {kind: datasheet|published|fitted, text: where}} entries of each file. */
  static Sources read(Map<String, Section> sections) {
    Map<String, Map<String, Source>> byFile = new LinkedHashMap<>();
    sections.forEach((file, section) -> byFile.put(file, readFile(section)));
    return new Sources(sections, byFile);
  }

  private static Map<String, Source> readFile(Section section) {
    Map<String, Source> byId = new LinkedHashMap<>();
    for (Map.Entry<String, Section> entry : section.allSections().entrySet()) {
      Section source = entry.getValue();
      Provenance kind = source.choice("kind", Provenance.class);
      if (kind == Provenance.MEASURED || kind == Provenance.ASSUMED) {
        throw source.error(
            "kind", "must be datasheet, published or fitted; say 'assumed' at the value");
      }
      byId.put(entry.getKey(), new Source(kind, source.text("text")));
      source.finish();
    }
    return byId;
  }

  static Source assumed(String reason) {
    return new Source(Provenance.ASSUMED, reason);
  }

  /** The source that {@code file} calls {@code id}. */
  Source find(Section at, String file, String id) {
    Map<String, Source> byId = byFile.getOrDefault(file, Map.of());
    Source source = byId.get(id);
    if (source == null) {
      throw at.error(
          "source", "unknown source '" + id + "'" + NearNames.suggestion(id, byId.keySet()));
    }
    used.add(source);
    return source;
  }

  /** Refuses sources of {@code file} itself; a file that it extends may have lost its values. */
  void refuseUnused(String file) {
    byFile
        .getOrDefault(file, Map.of())
        .forEach(
            (id, source) -> {
              if (!used.contains(source)) {
                throw sections.get(file).error(id, "this source stands behind no value");
              }
            });
  }
}
