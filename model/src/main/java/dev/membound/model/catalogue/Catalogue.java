package dev.membound.model.catalogue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.charset.MalformedInputException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The YAML files in one resource folder, by name, and a user's own files by path. Adding an entry
 * is adding a file.
 *
 * @param <T> what a file describes
 */
public final class Catalogue<T> {
  private static final String SUFFIX = ".yaml";

  /** Every catalogue folder documents its format in this file, which also leads to the folder. */
  private static final String FORMAT = "FORMAT.md";

  private final String kind;
  private final SortedMap<String, T> entries = new TreeMap<>();
  private final Function<Section, T> reader;

  /**
   * Reads all files of a folder.
   *
   * @param kind what the entries are, for messages, for instance {@code device}
   * @param anchor class beside whose resources the folder lies
   * @param folder resource folder, relative to the anchor
   * @param reader of one file; {@link Section#finish()} is called for it
   */
  public Catalogue(String kind, Class<?> anchor, String folder, Function<Section, T> reader) {
    this.kind = kind;
    this.reader = reader;
    URL format = anchor.getResource(folder + "/" + FORMAT);
    if (format == null) {
      throw new IllegalStateException("no resource folder " + folder + " beside " + anchor);
    }
    try {
      readFolder(format.toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("resource address " + format, e);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list " + format, e);
    }
  }

  private void readFolder(URI format) throws IOException {
    if (format.getScheme().equals("jar")) {
      // A jar can be open as a file system only once.
      synchronized (Catalogue.class) {
        try (FileSystem jar = FileSystems.newFileSystem(format, Map.of())) {
          readFiles(jar.provider().getPath(format).getParent());
        }
      }
    } else {
      readFiles(Path.of(format).getParent());
    }
  }

  private void readFiles(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String fileName = file.getFileName().toString();
        if (fileName.endsWith(SUFFIX)) {
          String name = fileName.substring(0, fileName.length() - SUFFIX.length());
          entries.put(name, parse(fileName, Files.readString(file)));
        }
      }
    }
  }

  /** All entries by name. */
  public SortedMap<String, T> all() {
    return Collections.unmodifiableSortedMap(entries);
  }

  /**
   * The entry called {@code nameOrPath}, or the user's file at that path when it ends in {@code
   * .yaml} or {@code .yml}.
   *
   * @throws CatalogueException when there is none (with near names), or the file is not sound
   */
  public T find(String nameOrPath) {
    if (nameOrPath.endsWith(SUFFIX) || nameOrPath.endsWith(".yml")) {
      return readFile(nameOrPath);
    }
    T entry = entries.get(nameOrPath);
    if (entry == null) {
      String near = NearNames.suggestion(nameOrPath, entries.keySet());
      throw new CatalogueException(
          "unknown "
              + kind
              + " '"
              + nameOrPath
              + "'"
              + (near.isEmpty() ? "; known are " + String.join(", ", entries.keySet()) : near)
              + " (your own: give the path of a .yaml file)");
    }
    return entry;
  }

  private T readFile(String path) {
    try {
      Path file = Path.of(path);
      return parse(path, Files.readString(file));
    } catch (MalformedInputException e) {
      throw new CatalogueException(path + ": is not UTF-8 text", e);
    } catch (IOException | InvalidPathException e) {
      throw new CatalogueException("cannot read " + kind + " file " + path, e);
    }
  }

  /**
   * Reads one entry from text.
   *
   * @param file name for error messages
   * @throws CatalogueException when it is not sound
   */
  public T parse(String file, String yaml) {
    Section section = Section.parse(file, yaml);
    T entry = reader.apply(section);
    section.finish();
    return entry;
  }

  /** The known names. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }
}
