package dev.membound.model.llm;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import java.util.Collection;

/** The known language models: {@code llm/presets/*.yaml} and the user's own files. */
public final class LlmCatalogue {

  private static final class Presets {
    static final Catalogue<LlmArchitecture> ALL =
        new Catalogue<>("model", LlmCatalogue.class, "presets", ArchitectureFile::read);
  }

  private LlmCatalogue() {}

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown (with near names), or what is wrong in the file
   */
  public static LlmArchitecture find(String nameOrPath) {
    return Presets.ALL.find(nameOrPath);
  }

  /** All presets, by name. */
  public static Collection<LlmArchitecture> all() {
    return Presets.ALL.all().values();
  }

  /** A model from the text of a file; {@code file} names it in errors. */
  public static LlmArchitecture parse(String file, String yaml) {
    return Presets.ALL.parse(file, yaml);
  }
}
