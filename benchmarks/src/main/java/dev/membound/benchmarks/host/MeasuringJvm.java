package dev.membound.benchmarks.host;

import dev.membound.benchmarks.suite.ForkJvm;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Json;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.core.JacksonException;

/**
 * Asks for the host's facts in a JVM started as the measuring ones are: the command line's own JVM
 * has neither their flags nor the vector module.
 */
public final class MeasuringJvm {
  private MeasuringJvm() {}

  /**
   * The facts as a measuring JVM sees them.
   *
   * @param startedUtc ISO-8601 start of the run
   * @throws RunFolderException if such a JVM does not start; the message is one line
   */
  public static HostFacts hostFacts(String runId, String startedUtc) {
    return run(MeasuringJvm.class, HostFacts.class, List.of(), List.of(runId, startedUtc));
  }

  /**
   * Runs a class in such a JVM.
   *
   * @param main prints a {@code T} as JSON
   * @param jvmArguments besides those of every measuring JVM
   * @throws RunFolderException if it does not start; the message is one line
   */
  static <T> T run(
      Class<?> main, Class<T> answer, List<String> jvmArguments, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ForkJvm.arguments());
    command.addAll(jvmArguments);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    try {
      Process process =
          new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.PIPE).start();
      byte[] out = process.getInputStream().readAllBytes();
      String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new RunFolderException("the measuring JVM does not start: " + lastLine(err));
      }
      return Json.mapper().readValue(out, answer);
    } catch (IOException | JacksonException e) {
      throw new RunFolderException("the measuring JVM does not start: " + e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RunFolderException("interrupted while starting the measuring JVM", e);
    }
  }

  /** Prints the facts as JSON. */
  public static void main(String[] arguments) {
    try {
      HostFacts facts =
          HostProbe.ofThisMachine().facts(arguments[0], arguments[1], ForkJvm.arguments());
      System.out.println(Json.mapper().writeValueAsString(facts));
    } catch (IllegalArgumentException e) {
      System.err.println(e.getMessage()); // a forced provider that does not exist
      System.exit(1);
    }
  }

  private static String lastLine(String text) {
    List<String> lines = text.lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "no message" : lines.getLast().strip();
  }
}
