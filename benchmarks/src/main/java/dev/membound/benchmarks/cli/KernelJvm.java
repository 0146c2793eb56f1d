package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.suite.ForkJvm;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs a command in a JVM that has the Vector API. The program's own JVM does without it, because
 * the JVM warns of every incubator module on standard error.
 */
final class KernelJvm {
  private static final String MODULE = "jdk.incubator.vector";

  /** As in the launcher: native peers free memory through {@code sun.misc.Unsafe}. */
  private static final String UNSAFE_MEMORY = "--sun-misc-unsafe-memory-access=allow";

  private static final String WARNING = "WARNING: Using incubator modules: " + MODULE;

  private KernelJvm() {}

  /** Whether this is one. */
  static boolean isThis() {
    return ModuleLayer.boot().findModule(MODULE).isPresent();
  }

  /**
   * Runs the program with these arguments; it reads and writes this one's streams.
   *
   * @return its exit code
   */
  static int run(List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ForkJvm.arguments());
    command.remove(ForkJvm.SMALL_HEAP);
    command.add(UNSAFE_MEMORY);
    command.add("-Dstdout.encoding=" + System.getProperty("stdout.encoding"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(MemboundCommand.class.getName());
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectInput(Redirect.INHERIT)
              .redirectOutput(Redirect.INHERIT)
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
      passErrors(process.getErrorStream());
      return process.waitFor();
    } catch (IOException e) {
      throw new UserInputException("cannot start a JVM for the kernels: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new UserInputException("interrupted");
    }
  }

  /** Byte by byte, for a progress bar has no line ends; without the warning, which comes first. */
  private static void passErrors(InputStream errors) throws IOException {
    byte[] first = errors.readNBytes(WARNING.length());
    String text = new String(first, StandardCharsets.UTF_8);
    if (text.equals(WARNING)) {
      errors.readNBytes(System.lineSeparator().length());
    } else {
      System.err.write(first);
    }
    byte[] buffer = new byte[1024];
    for (int read = errors.read(buffer); read >= 0; read = errors.read(buffer)) {
      System.err.write(buffer, 0, read);
      System.err.flush();
    }
  }
}
