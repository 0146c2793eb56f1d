package dev.membound.benchmarks.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Starts the real program through its launcher. */
final class Program {
  /** What a finished program left. */
  record Result(int exitCode, String out, String err) {
    List<String> errLines() {
      return err.lines().filter(line -> !line.isBlank()).toList();
    }
  }

  private static final long TIMEOUT_MINUTES = 10;

  /** Tests measure nothing, so they may run beside another JMH. */
  private static final Map<String, String> ENVIRONMENT =
      Map.of("MEMBOUND_JVM_ARGS", "-Djmh.ignoreLock=true");

  private Program() {}

  static Path launcher() {
    return Path.of(System.getProperty("membound.launcher", "../membound")).toAbsolutePath();
  }

  static Result run(String... arguments) throws IOException, InterruptedException {
    return run(Map.of(), arguments);
  }

  static Result run(Map<String, String> environment, String... arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(launcher().toString());
    command.addAll(List.of(arguments));
    return finish(command, environment);
  }

  /** Runs a shell line in which {@code $MEMBOUND} is the launcher. */
  static Result shell(String line) throws IOException, InterruptedException {
    return finish(List.of("bash", "-c", line), Map.of("MEMBOUND", launcher().toString()));
  }

  /** Starts the program without waiting; its output goes nowhere. */
  static Process start(String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(launcher().toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD);
    builder.environment().putAll(ENVIRONMENT);
    return builder.start();
  }

  private static Result finish(List<String> command, Map<String, String> environment)
      throws IOException, InterruptedException {
    Path out = Files.createTempFile("membound-it", ".out");
    Path err = Files.createTempFile("membound-it", ".err");
    try {
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().putAll(ENVIRONMENT);
      builder.environment().putAll(environment);
      Process process = builder.start();
      if (!process.waitFor(TIMEOUT_MINUTES, TimeUnit.MINUTES)) {
        process.destroyForcibly();
        throw new AssertionError("no end after " + TIMEOUT_MINUTES + " minutes: " + command);
      }
      return new Result(
          process.exitValue(),
          Files.readString(out, StandardCharsets.UTF_8),
          Files.readString(err, StandardCharsets.UTF_8));
    } finally {
      Files.delete(out);
      Files.delete(err);
    }
  }
}
