package dev.membound.model.published;

/**
 * The program that serves.
 *
 * @param name {@code trtllm}, {@code vllm}, {@code sglang}
 * @param version as published; settings such as prefix caching come with it
 */
public record ServingEngine(String name, String version) {
  @Override
  public String toString() {
    return name + " " + version;
  }
}
