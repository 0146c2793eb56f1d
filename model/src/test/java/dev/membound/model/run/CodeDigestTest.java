package dev.membound.model.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CodeDigestTest {
  private static final String NAME = CodeDigest.class.getName();
  private static final String MODULE = "dev/membound/model/";
  private static final String CLASS_FILE = NAME.replace('.', '/') + ".class";

  @TempDir Path folder;

  @Test
  void isTheSameForAJarAndTheFolderThatItIsMadeOf() throws Exception {
    Path classes = classes();
    Path jar = folder.resolve("code.jar");
    pack(classes, jar);

    assertThat(digest(jar)).isEqualTo(digest(classes)).matches("[0-9a-f]{16}");
  }

  @Test
  void changesWithAnyFileOfTheModuleAndNoOther() throws Exception {
    Path classes = classes();
    String before = digest(classes);

    Files.writeString(classes.resolve("dev/membound/build.properties"), "commit=other");
    assertThat(digest(classes)).isEqualTo(before);
    Files.writeString(classes.resolve(MODULE + "facts.yaml"), "other facts");
    assertThat(digest(classes)).isNotEqualTo(before);
  }

  private Path classes() throws IOException {
    Path classes = folder.resolve("classes");
    Path file = classes.resolve(CLASS_FILE);
    Files.createDirectories(file.getParent());
    try (var in = CodeDigest.class.getClassLoader().getResourceAsStream(CLASS_FILE)) {
      Files.copy(in, file);
    }
    Files.writeString(classes.resolve(MODULE + "facts.yaml"), "facts");
    return classes;
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream out = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(out);
        Stream<Path> files = Files.walk(classes)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
  }

  /** Of the class as it lies there: the loader has no parent that would give its own. */
  private static String digest(Path source) throws Exception {
    try (URLClassLoader loader = new URLClassLoader(new URL[] {url(source)}, null)) {
      return CodeDigest.of(loader.loadClass(NAME));
    }
  }

  private static URL url(Path source) throws MalformedURLException {
    return source.toUri().toURL();
  }
}
