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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The YAML files in one resource folder, by name, and a user's own files by path. Adding an entry
 * is adding a file. A file that {@code extends} another, by name or by path, says only what
 * differs: mappings are laid over each other key by key, lists of named mappings by name; a
 * quantity, and a mapping with a {@code kind}, a {@code part} or {@code replace: true}, replaces
 * the one below.
 *
 * @param <T> what a file describes
 */
public final class Catalogue<T> {
  private static final String SUFFIX = ".yaml";
  private static final String EXTENDS = "extends";
  private static final String PART = "part";

  /** Every catalogue folder documents its format in this file, which also leads to the folder. */
  private static final String FORMAT = "FORMAT.md";

  private final String kind;
  private final SortedMap<String, Document> files = new TreeMap<>();
  private final SortedMap<String, T> entries = new TreeMap<>();
  private final Function<Section, T> reader;
  private final Optional<Parts> parts;

  /** Files of another catalogue whose mapping {@code key} may lie under mappings of this one. */
  private record Parts(Catalogue<?> catalogue, String key) {}

  /**
   * Reads all files of a folder.
   *
   * @param kind what the entries are, for messages, for instance {@code device}
   * @param anchor class beside whose resources the folder lies
   * @param folder resource folder, relative to the anchor
   * @param reader of one file; {@link Section#finish()} is called for it
   */
  public Catalogue(String kind, Class<?> anchor, String folder, Function<Section, T> reader) {
    this(kind, anchor, folder, reader, Optional.empty());
  }

  /**
   * As the other constructor; a mapping {@code {part: name, ...}} of these files is laid over the
   * mapping {@code key} of the file {@code name} of {@code parts}.
   */
  public Catalogue(
      String kind,
      Class<?> anchor,
      String folder,
      Function<Section, T> reader,
      Catalogue<?> parts,
      String key) {
    this(kind, anchor, folder, reader, Optional.of(new Parts(parts, key)));
  }

  private Catalogue(
      String kind,
      Class<?> anchor,
      String folder,
      Function<Section, T> reader,
      Optional<Parts> parts) {
    this.kind = kind;
    this.reader = reader;
    this.parts = parts;
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
    files.forEach((name, document) -> entries.put(name, read(document, Path.of(""))));
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
    try (Stream<Path> listed = Files.list(folder)) {
      for (Path file : listed.sorted().toList()) {
        String fileName = file.getFileName().toString();
        if (fileName.endsWith(SUFFIX)) {
          String name = fileName.substring(0, fileName.length() - SUFFIX.length());
          files.put(name, Document.parse(fileName, Files.readString(file)));
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
      return read(document(path, file), file.resolveSibling(""));
    } catch (InvalidPathException e) {
      throw new CatalogueException("cannot read " + kind + " file " + path, e);
    }
  }

  private Document document(String name, Path file) {
    try {
      return Document.parse(name, Files.readString(file));
    } catch (MalformedInputException e) {
      throw new CatalogueException(name + ": is not UTF-8 text", e);
    } catch (IOException e) {
      throw new CatalogueException("cannot read " + kind + " file " + name, e);
    }
  }

  /**
   * Reads one entry from text.
   *
   * @param file name for error messages
   * @throws CatalogueException when it is not sound
   */
  public T parse(String file, String yaml) {
    return read(Document.parse(file, yaml), Path.of(""));
  }

  /** {@code folder} is where relative paths of other files start. */
  private T read(Document document, Path folder) {
    Document whole = withPart(extended(document, folder, new LinkedHashSet<>()));
    Section section = Section.of(whole);
    T entry = reader.apply(section);
    section.finish();
    return entry;
  }

  /** Lays a file over the one that its key {@code extends} names, and that over its own. */
  private Document extended(Document document, Path folder, Set<String> chain) {
    Optional<String> base = document.text(EXTENDS);
    if (base.isEmpty()) {
      return document;
    }
    if (!document.root().entries().containsKey("name")) {
      throw document.error(EXTENDS, "a file that extends another needs a name of its own");
    }
    if (!chain.add(base.get())) {
      throw document.error(
          EXTENDS, "goes in a circle: " + String.join(" -> ", chain) + " -> " + base.get());
    }
    return document.without(EXTENDS).over(base(document, base.get(), folder, chain));
  }

  private Document base(Document document, String name, Path folder, Set<String> chain) {
    if (name.endsWith(SUFFIX) || name.endsWith(".yml")) {
      Path file;
      try {
        file = folder.resolve(name);
      } catch (InvalidPathException e) {
        throw document.error(EXTENDS, "is no path: " + name);
      }
      if (!Files.isRegularFile(file)) {
        throw document.error(EXTENDS, "there is no file " + file);
      }
      return extended(document(name, file), file.resolveSibling(""), chain);
    }
    Document preset = files.get(name);
    if (preset == null) {
      throw document.error(
          EXTENDS,
          "unknown " + kind + " '" + name + "'" + NearNames.suggestion(name, files.keySet()));
    }
    return extended(preset, Path.of(""), chain);
  }

  private Document withPart(Document document) {
    Document whole = document;
    if (parts.isPresent()) {
      for (Map.Entry<String, Node> entry : document.root().entries().entrySet()) {
        if (entry.getValue() instanceof Node.Mapping own
            && own.entries().get(PART) instanceof Node.Scalar name) {
          whole = withPart(whole, entry.getKey(), own, name.text());
        }
      }
    }
    return whole;
  }

  private Document withPart(Document document, String key, Node.Mapping own, String name) {
    Catalogue<?> catalogue = parts.orElseThrow().catalogue();
    Document file = catalogue.files.get(name);
    if (file == null) {
      String near = NearNames.suggestion(name, catalogue.files.keySet());
      Node.Place place = own.keyPlaces().get(PART);
      throw new CatalogueException(
          place.file()
              + " line "
              + place.line()
              + ": '"
              + key
              + "."
              + PART
              + "': unknown "
              + catalogue.kind
              + " '"
              + name
              + "'"
              + (near.isEmpty()
                  ? "; known are " + String.join(", ", catalogue.files.keySet())
                  : near));
    }
    Document part = catalogue.extended(file, Path.of(""), new LinkedHashSet<>());
    Node.Mapping below = (Node.Mapping) part.root().entries().get(parts.orElseThrow().key());
    return document.withPartUnder(key, own, below, part);
  }

  /** The known names. */
  public List<String> names() {
    return List.copyOf(entries.keySet());
  }
}
