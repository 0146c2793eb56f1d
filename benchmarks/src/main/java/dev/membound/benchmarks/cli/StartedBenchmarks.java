package dev.membound.benchmarks.cli;

import dev.membound.model.catalogue.CatalogueException;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Defaults;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;

/**
 * Notes which benchmarks JMH starts, as it tells its output format: a benchmark that fails is
 * missing from JMH's results, which is all that JMH says of it in the end. What a benchmark refuses
 * is told on in its own line, without JMH's trace, and kept as the reason.
 */
final class StartedBenchmarks {
  private static final String CAUSE = "\nCaused by: ";

  private final OutputFormat format;

  /** Forks that each benchmark with its parameters was to have. */
  private final Map<String, Integer> forks = new TreeMap<>();

  private final Set<String> reasons = new LinkedHashSet<>();

  /**
   * @throws UserInputException if the file of JMH's {@code -o} cannot be written
   */
  StartedBenchmarks(Options options) {
    OutputFormat plain =
        OutputFormatFactory.createFormatInstance(
            output(options), options.verbosity().orElse(Defaults.VERBOSITY));
    format =
        (OutputFormat)
            Proxy.newProxyInstance(
                OutputFormat.class.getClassLoader(),
                new Class<?>[] {OutputFormat.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("startBenchmark")) {
                    BenchmarkParams params = (BenchmarkParams) arguments[0];
                    forks.put(params.id(), Math.max(1, params.getForks()));
                  }
                  if (arguments != null
                      && arguments.length == 1
                      && arguments[0] instanceof String s) {
                    arguments[0] = withoutTrace(s);
                  }
                  try {
                    return method.invoke(plain, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
  }

  /**
   * What a benchmark said of values that it cannot take, without the trace that JMH prints; a trace
   * of anything else, a bug of ours perhaps, stays.
   */
  private String withoutTrace(String text) {
    int trace = text.indexOf("\n\tat ");
    String first = trace < 0 ? "" : text.substring(0, trace).strip();
    int cause = text.indexOf(CAUSE);
    if (first.equals(ExceptionInInitializerError.class.getName()) && cause >= 0) {
      first = text.substring(cause + CAUSE.length()).lines().findFirst().orElse("");
    }
    for (Class<?> kind :
        List.of(IllegalArgumentException.class, CatalogueException.class, OutOfMemoryError.class)) {
      String name = kind.getName() + ": ";
      if (first.startsWith(name)) {
        String reason = first.substring(name.length());
        reasons.add(kind == OutOfMemoryError.class ? "out of memory: " + reason : reason);
        return reason;
      }
    }
    return text;
  }

  /** Why benchmarks failed, as far as they could say it in a line; ": " before it. */
  String reasons() {
    return reasons.isEmpty() ? "" : ": " + String.join("; ", reasons);
  }

  private static PrintStream output(Options options) {
    if (!options.getOutput().hasValue()) {
      return System.out;
    }
    try {
      return new PrintStream(options.getOutput().get(), System.out.charset());
    } catch (IOException e) {
      throw new UserInputException("-o: cannot write JMH's output: " + e.getMessage());
    }
  }

  /** What JMH prints with, as it does by itself. */
  OutputFormat format() {
    return format;
  }

  int count() {
    return forks.size();
  }

  /** How many of those started have fewer results than forks. */
  int incomplete(Collection<RunResult> results) {
    Map<String, Integer> missing = new TreeMap<>(forks);
    for (RunResult result : results) {
      missing.merge(result.getParams().id(), -result.getBenchmarkResults().size(), Integer::sum);
    }
    return (int) missing.values().stream().filter(count -> count > 0).count();
  }
}
