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

  private final Map<String, Source> byId;
  private final Set<String> used = new HashSet<>();

  private Sources(Map<String, Source> byId) {
    this.byId = byId;
  }

  static Sources none() {
    return new Sources(Map.of());
  }

  /** Reads {@code id: {kind: datasheet|published, text: where}} entries. */
  static Sources read(Section section) {
    Map<String, Source> byId = new LinkedHashMap<>();
    for (Map.Entry<String, Section> entry : section.allSections().entrySet()) {
      Section source = entry.getValue();
      Provenance kind = source.choice("kind", Provenance.class);
      if (kind != Provenance.DATASHEET && kind != Provenance.PUBLISHED) {
        throw source.error("kind", "must be datasheet or published; say 'assumed' at the value");
      }
      byId.put(entry.getKey(), new Source(kind, source.text("text")));
      source.finish();
    }
    return new Sources(byId);
  }

  static Source assumed(String reason) {
    return new Source(Provenance.ASSUMED, reason);
  }

  Source find(Section at, String id) {
    Source source = byId.get(id);
    if (source == null) {
      throw at.error(
          "source", "unknown source '" + id + "'" + NearNames.suggestion(id, byId.keySet()));
    }
    used.add(id);
    return source;
  }

  void refuseUnused(String file) {
    for (String id : byId.keySet()) {
      if (!used.contains(id)) {
        throw new CatalogueException(file + ": source '" + id + "' stands behind no value");
      }
    }
  }
}
