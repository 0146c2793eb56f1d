package dev.membound.model.device;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import java.util.Collection;

/** The known memories: {@code device/memories/*.yaml}. */
public final class MemoryCatalogue {
  static final Catalogue<MemoryPart> PRESETS =
      new Catalogue<>("memory", MemoryCatalogue.class, "memories", MemoryPart::read);

  private MemoryCatalogue() {}

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown (with near names), or what is wrong in the file
   */
  public static MemoryPart find(String nameOrPath) {
    return PRESETS.find(nameOrPath);
  }

  /** All presets, by name. */
  public static Collection<MemoryPart> all() {
    return PRESETS.all().values();
  }
}
