package dev.membound.benchmarks.cli;

import java.io.IOException;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * JMH with arguments of a user. What JMH itself would pass over or report as a stack trace is
 * refused before anything runs: a parameter that no benchmark has, a value that its type has not.
 */
final class JmhRun {
  private static final String PARAMETER = "-p";
  private static final List<String> LISTS = List.of("-h", "-l", "-lp", "-lprof", "-lrf");

  private JmhRun() {}

  /**
   * Runs JMH, or prints what an option of {@code -h} or {@code -l} asks for.
   *
   * @throws UserInputException if an argument is wrong, or a benchmark failed; what others gave has
   *     been printed and written
   */
  static void run(List<String> arguments) throws IOException {
    String[] array = arguments.toArray(String[]::new);
    if (arguments.stream().anyMatch(LISTS::contains)) {
      Main.main(array);
      return;
    }
    Collection<RunResult> results;
    StartedBenchmarks started;
    try {
      CommandLineOptions options = new CommandLineOptions(array);
      checkParameters(arguments, selected(options));
      started = new StartedBenchmarks(options);
      results = new Runner(options, started.format()).run();
    } catch (CommandLineOptionException e) {
      throw new UserInputException(e.getMessage() + "; `./membound bench -h` has JMH's options");
    } catch (NoBenchmarksException e) {
      throw noBenchmark();
    } catch (RunnerException e) {
      throw new UserInputException("JMH stopped: " + e.getMessage());
    }
    if (results.isEmpty()) {
      throw new UserInputException(
          started.reasons().isEmpty()
              ? "no benchmark gave a result; its own message is above"
              : "no benchmark gave a result" + started.reasons());
    }
    int incomplete = started.incomplete(results);
    if (incomplete > 0) {
      throw new UserInputException(
          "%d of %d benchmarks failed, in some fork or all; JMH's output says why, and has the others' results%s"
              .formatted(incomplete, started.count(), started.reasons()));
    }
  }

  private static Set<Class<?>> selected(CommandLineOptions options) {
    Set<Class<?>> classes = new LinkedHashSet<>();
    for (BenchmarkListEntry entry :
        BenchmarkList.defaultList()
            .find(
                OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT),
                options.getIncludes(),
                options.getExcludes())) {
      try {
        classes.add(Class.forName(entry.getUserClassQName()));
      } catch (ClassNotFoundException e) {
        throw new IllegalStateException("a benchmark of the list is not on the class path", e);
      }
    }
    if (classes.isEmpty()) {
      throw noBenchmark();
    }
    return classes;
  }

  private static UserInputException noBenchmark() {
    return new UserInputException(
        "no benchmark has such a name; `./membound bench -l` lists them all");
  }

  private static void checkParameters(List<String> arguments, Set<Class<?>> benchmarks) {
    for (int i = 0; i + 1 < arguments.size(); i++) {
      if (arguments.get(i).equals(PARAMETER)) {
        checkParameter(arguments.get(i + 1), benchmarks);
      }
    }
  }

  private static void checkParameter(String argument, Set<Class<?>> benchmarks) {
    int equals = argument.indexOf('='); // JMH has parsed it: there is one
    String name = argument.substring(0, equals);
    boolean known = false;
    for (Class<?> benchmark : benchmarks) {
      for (Field field : parameters(benchmark)) {
        if (field.getName().equals(name)) {
          known = true;
          for (String value : argument.substring(equals + 1).split(",", -1)) {
            checkValue(benchmark, field, value);
          }
        }
      }
    }
    if (!known) {
      Set<String> names = new TreeSet<>();
      benchmarks.forEach(b -> parameters(b).forEach(field -> names.add(field.getName())));
      throw new UserInputException(
          "-p %s: no selected benchmark has a parameter '%s'; there are %s"
              .formatted(argument, name, String.join(", ", names)));
    }
  }

  private static List<Field> parameters(Class<?> benchmark) {
    List<Field> fields = new ArrayList<>();
    for (Class<?> c = benchmark; c != null; c = c.getSuperclass()) {
      Arrays.stream(c.getDeclaredFields())
          .filter(field -> field.isAnnotationPresent(Param.class))
          .forEach(fields::add);
    }
    return fields;
  }

  private static void checkValue(Class<?> benchmark, Field field, String value) {
    Class<?> type = field.getType();
    String wanted = null;
    if (type.isEnum()) {
      List<String> names =
          Arrays.stream(type.getEnumConstants()).map(c -> ((Enum<?>) c).name()).toList();
      wanted = names.contains(value) ? null : "one of " + String.join(", ", names);
    } else if (type == int.class || type == long.class) {
      wanted = isNumber(value, type) ? null : "a whole number";
    } else if (type == double.class) {
      wanted = isNumber(value) ? null : "a number";
    } else if (type == boolean.class) {
      wanted = value.equals("true") || value.equals("false") ? null : "true or false";
    }
    if (wanted != null) {
      throw new UserInputException(
          "-p %s=%s: %s of %s is %s"
              .formatted(
                  field.getName(), value, field.getName(), benchmark.getSimpleName(), wanted));
    }
  }

  private static boolean isNumber(String value) {
    try {
      Double.parseDouble(value);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  private static boolean isNumber(String value, Class<?> type) {
    try {
      long number = Long.parseLong(value);
      return type == long.class || number == (int) number;
    } catch (NumberFormatException e) {
      return false;
    }
  }
}
