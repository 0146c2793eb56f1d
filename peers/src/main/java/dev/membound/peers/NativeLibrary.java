package dev.membound.peers;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A shared library that a Maven artifact carries as a resource, opened through FFM. */
final class NativeLibrary {
  private static final Linker LINKER = Linker.nativeLinker();

  private final SymbolLookup symbols;

  private NativeLibrary(SymbolLookup symbols) {
    this.symbols = symbols;
  }

  /**
   * Extracts libraries to a temporary folder and opens them in this order, for good; the files are
   * deleted at once.
   *
   * @param resources the libraries that the last one needs, then that one
   * @throws PeerUnavailableException where they are missing or the loader refuses them
   */
  static NativeLibrary open(String name, String... resources) {
    requireLinuxX64(name);
    List<Path> files = new ArrayList<>();
    try {
      Path folder = Files.createTempDirectory("membound-peers");
      try {
        SymbolLookup last = null;
        for (String resource : resources) {
          Path file = folder.resolve(resource.substring(resource.lastIndexOf('/') + 1));
          files.add(file);
          extract(name, resource, file);
          last = SymbolLookup.libraryLookup(file, Arena.global());
        }
        return new NativeLibrary(last);
      } finally {
        for (Path file : files) {
          Files.deleteIfExists(file);
        }
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new PeerUnavailableException(
          name + ": cannot extract its library: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new PeerUnavailableException(
          name
              + ": the system's loader refuses its library, perhaps for a missing libgomp or"
              + " libstdc++: "
              + e.getMessage(),
          e);
    }
  }

  /**
   * Refuses other platforms: the artifacts of these peers that we name carry only this one.
   *
   * @throws PeerUnavailableException elsewhere than on 64-bit x86 Linux
   */
  static void requireLinuxX64(String name) {
    String system = System.getProperty("os.name");
    String processor = System.getProperty("os.arch");
    if (!system.toLowerCase(Locale.ROOT).contains("linux") || !processor.equals("amd64")) {
      throw new PeerUnavailableException(
          name + ": its library is used on Linux x86-64 only, this is " + system + " " + processor);
    }
  }

  /** Sets a variable of the C environment, which native libraries read when they are loaded. */
  static void setEnvironment(String variable, String value) {
    MethodHandle setenv =
        LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("setenv"),
            FunctionDescriptor.of(JAVA_INT, ADDRESS, ADDRESS, JAVA_INT));
    try (Arena arena = Arena.ofShared()) {
      int failed =
          (int) setenv.invokeExact(arena.allocateFrom(variable), arena.allocateFrom(value), 1);
      if (failed != 0) {
        throw new IllegalStateException("setenv " + variable + " failed");
      }
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable t) {
      throw new AssertionError("setenv cannot throw", t);
    }
  }

  /** A function of the library. */
  MethodHandle function(String name, MemoryLayout result, MemoryLayout... arguments) {
    return LINKER.downcallHandle(
        symbols.findOrThrow(name), FunctionDescriptor.of(result, arguments));
  }

  /** A function that returns nothing. */
  MethodHandle procedure(String name, MemoryLayout... arguments) {
    return LINKER.downcallHandle(symbols.findOrThrow(name), FunctionDescriptor.ofVoid(arguments));
  }

  private static void extract(String name, String resource, Path file) throws IOException {
    try (InputStream in = NativeLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new PeerUnavailableException(
            name + ": no " + resource + " on the class path; build with -Ppeers");
      }
      Files.copy(in, file);
    }
  }
}
