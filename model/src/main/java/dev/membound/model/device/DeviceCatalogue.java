package dev.membound.model.device;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import java.util.Collection;

/** The known devices: {@code device/presets/*.yaml} and the user's own files. */
public final class DeviceCatalogue {

  private static final class Presets {
    static final Catalogue<DeviceProfile> ALL =
        new Catalogue<>(
            "device",
            DeviceCatalogue.class,
            "presets",
            DeviceProfile::read,
            MemoryCatalogue.PRESETS,
            "memory");
  }

  private DeviceCatalogue() {}

  /**
   * A preset by name, or a user's file by path.
   *
   * @throws CatalogueException one line: unknown (with near names), a memory, or what is wrong in
   *     the file
   */
  public static DeviceProfile find(String nameOrPath) {
    if (MemoryCatalogue.PRESETS.all().containsKey(nameOrPath)
        && !Presets.ALL.all().containsKey(nameOrPath)) {
      throw new CatalogueException(
          "'"
              + nameOrPath
              + "' is a memory, not a device; `simulate --device NAME --weights-memory "
              + nameOrPath
              + "` puts it into one");
    }
    return Presets.ALL.find(nameOrPath);
  }

  /** All presets, by name. */
  public static Collection<DeviceProfile> all() {
    return Presets.ALL.all().values();
  }

  /** A device from the text of a file; {@code file} names it in errors. */
  public static DeviceProfile parse(String file, String yaml) {
    return Presets.ALL.parse(file, yaml);
  }
}
