package dev.membound.model.llm;

import dev.membound.model.catalogue.Catalogue;
import dev.membound.model.catalogue.CatalogueException;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collection;

/**
 * The known language models: {@code llm/presets/*.yaml}, the user's own files of that kind, and the
 * {@code config.json} of a model on Hugging Face.
 */
public final class LlmCatalogue {
  private static final String JSON = ".json";

  private static final class Presets {
    static final Catalogue<LlmArchitecture> ALL =
        new Catalogue<>("model", LlmCatalogue.class, "presets", ArchitectureFile::read);
  }

  private LlmCatalogue() {}

  /**
   * A preset by name, or a user's file by path: {@code .yaml}, or {@code .json} for the
   * configuration of a model on Hugging Face.
   *
   * @throws CatalogueException one line: unknown (with near names), or what is wrong in the file
   */
  public static LlmArchitecture find(String nameOrPath) {
    return nameOrPath.endsWith(JSON) ? readConfig(nameOrPath) : Presets.ALL.find(nameOrPath);
  }

  private static LlmArchitecture readConfig(String path) {
    try {
      return parseConfig(path, Files.readString(Path.of(path)));
    } catch (MalformedInputException e) {
      throw new CatalogueException(path + ": is not UTF-8 text", e);
    } catch (IOException | InvalidPathException e) {
      throw new CatalogueException("cannot read model file " + path, e);
    }
  }

  /** All presets, by name. */
  public static Collection<LlmArchitecture> all() {
    return Presets.ALL.all().values();
  }

  /** A model from the text of a file; {@code file} names it in errors. */
  public static LlmArchitecture parse(String file, String yaml) {
    return Presets.ALL.parse(file, yaml);
  }

  /**
   * A model from a {@code config.json}, named after the folder that it lies in, or after the file
   * when that is called otherwise.
   *
   * @throws CatalogueException one line that names file and key
   */
  public static LlmArchitecture parseConfig(String file, String json) {
    Path path = Path.of(file);
    String fileName = path.getFileName().toString();
    Path folder = path.getParent();
    boolean usual = fileName.equals("config.json") && folder != null && folder.getNameCount() > 0;
    String name =
        usual
            ? folder.getFileName().toString()
            : fileName.substring(0, fileName.length() - (fileName.endsWith(JSON) ? 5 : 0));
    return HuggingFaceConfig.parse(file, name, json);
  }
}
