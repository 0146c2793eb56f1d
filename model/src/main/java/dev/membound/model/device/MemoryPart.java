package dev.membound.model.device;

import dev.membound.model.catalogue.Section;

/**
 * A memory as it is sold: a stack, a module, a channel, a card. Devices lay their own numbers over
 * it with {@code part: name}.
 *
 * @param name catalogue name
 * @param title for people
 * @param description what it is and what the file leaves out
 * @param tier one of it
 */
public record MemoryPart(String name, String title, String description, MemoryTier tier) {

  static MemoryPart read(Section file) {
    return new MemoryPart(
        file.text("name"),
        file.text("title"),
        file.text("description"),
        MemoryTier.read(file.section("memory")));
  }
}
