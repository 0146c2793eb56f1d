package dev.membound.model.run;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipFile;

/**
 * Tells two builds apart whose version is the same: a digest of a module's files, its classes and
 * resources. The same for a jar and for the folder that it was made of.
 */
public final class CodeDigest {
  private static final int MODULE_NAMES = 3;
  private static final int HEX_DIGITS = 16;

  private CodeDigest() {}

  /**
   * The digest of all modules that these classes are of.
   *
   * @param anchors in packages {@code dev.membound.MODULE} or below
   * @return 16 hexadecimal digits
   */
  public static String of(Class<?>... anchors) {
    Map<String, Long> checksums = new TreeMap<>();
    for (Class<?> anchor : anchors) {
      String[] names = anchor.getPackageName().split("[.]");
      String module = String.join("/", Stream.of(names).limit(MODULE_NAMES).toList()) + "/";
      try {
        add(source(anchor), module, checksums);
      } catch (IOException e) {
        throw new UncheckedIOException("cannot read the program's own files", e);
      }
    }
    return hash(checksums.toString());
  }

  private static Path source(Class<?> anchor) {
    CodeSource source = anchor.getProtectionDomain().getCodeSource();
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("a class path has no such entry", e);
    }
  }

  private static void add(Path source, String module, Map<String, Long> checksums)
      throws IOException {
    if (Files.isDirectory(source)) {
      try (Stream<Path> files = Files.walk(source.resolve(module))) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          CRC32 crc = new CRC32();
          crc.update(Files.readAllBytes(file));
          String name = source.relativize(file).toString().replace('\\', '/');
          checksums.put(name, crc.getValue());
        }
      }
      return;
    }
    try (ZipFile jar = new ZipFile(source.toFile())) {
      jar.stream()
          .filter(entry -> !entry.isDirectory() && entry.getName().startsWith(module))
          .forEach(entry -> checksums.put(entry.getName(), entry.getCrc()));
    }
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash).substring(0, HEX_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
