package dev.membound.benchmarks.cli;

import dev.membound.model.explore.Exploration;
import dev.membound.model.explore.FrontIntervals;
import dev.membound.model.explore.Sweep;
import dev.membound.model.explore.SweepFile;
import dev.membound.model.run.ExplorationFile;
import dev.membound.model.run.ExplorationFile.FrontPoint;
import dev.membound.model.run.Json;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Searches a design space. */
@Command(
    name = "explore",
    description = {
      "Evaluates every design of a sweep and writes the Pareto front of the metrics it names.",
      "A killed exploration goes on when it is started again. The file: docs/explore.md."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {"", "Example:", "  ./membound explore docs/examples/million-points.yaml"})
final class ExploreCommand implements Callable<Integer> {
  /** Rows that a person reads on a terminal. */
  private static final int SHOWN = 20;

  @Parameters(paramLabel = "SWEEP.yaml", description = "The design space and its objectives.")
  private Path file;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where chunks and results go (default: explorations/NAME).")
  private Path out;

  @Option(names = "--threads", description = "Threads (default: one a processor).")
  private int threads = Runtime.getRuntime().availableProcessors();

  @Option(names = "--all", description = "Also write every point that fits, points.csv.")
  private boolean all;

  @Option(
      names = "--run",
      paramLabel = "RUN-FOLDER",
      description = "Put the front into the report of this run, too.")
  private Path run;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    if (threads < 1 || threads > 1024) {
      throw new UserInputException("--threads must be 1 to 1024, not " + threads);
    }
    String text = text();
    Sweep sweep = SweepFile.parse(file.toString(), text);
    Path folder = out == null ? Path.of("explorations").resolve(sweep.name()) : out;
    RunFolder runFolder = run == null ? null : RunFolder.open(run);
    Exploration exploration = new Exploration(sweep, text, folder, all);
    Exploration.Outcome outcome;
    try (ConsoleBar bar = ConsoleBar.onStandardError("exploring", sweep.points())) {
      outcome = exploration.run(threads, bar::add);
    }
    ExplorationFile result;
    try (ConsoleBar bar = ConsoleBar.onStandardError("intervals", outcome.front().size())) {
      result = new FrontIntervals(sweep).of(outcome, bar::add);
    }
    RunFolder home = RunFolder.create(folder);
    home.writeText("front.csv", FrontIntervals.csv(result));
    home.writeText(
        Document.EXPLORATION.fileName(), Json.mapper().writeValueAsString(result) + "\n");
    if (runFolder != null) {
      runFolder.write(Document.EXPLORATION, result);
    }
    print(result, folder);
    return 0;
  }

  private String text() {
    try {
      return Files.readString(file);
    } catch (MalformedInputException e) {
      throw new UserInputException(file + ": is not UTF-8 text");
    } catch (IOException e) {
      throw new UserInputException("cannot read the sweep " + file + "; is it there, readable?");
    }
  }

  private void print(ExplorationFile result, Path folder) {
    Output output = new Output(spec);
    if (json) {
      output.json(result);
      return;
    }
    output.line(
        "%s: %,d designs, %,d fit, %,d on the Pareto front"
            .formatted(result.sweep(), result.points(), result.fitting(), result.front().size()));
    result
        .refused()
        .forEach((reason, count) -> output.line("%,d cannot run: %s".formatted(count, reason)));
    result
        .objectives()
        .forEach(
            o ->
                output.line(
                    "%s: %s, %s"
                        .formatted(
                            header(result, o),
                            o.metric().replace('_', ' '),
                            o.maximise() ? "the more the better" : "the less the better")));
    Map<String, List<FrontPoint>> byScenario =
        result.front().stream()
            .collect(
                Collectors.groupingBy(
                    FrontPoint::scenario, LinkedHashMap::new, Collectors.toList()));
    int rows = Math.max(2, SHOWN / Math.max(1, byScenario.size()));
    byScenario.forEach(
        (scenario, points) -> {
          output.line("");
          if (!scenario.isEmpty()) {
            output.line(scenario + ":");
          }
          output.table(front(result, points, rows));
        });
    output.line("");
    output.line("written: " + folder.resolve("front.csv") + ", exploration.json");
  }

  /** Rows spread over the front where it is long. */
  private static DataTable front(ExplorationFile result, List<FrontPoint> front, int most) {
    List<Column> columns = new ArrayList<>();
    for (ExplorationFile.Objective objective : result.objectives()) {
      columns.add(Column.number(header(result, objective), ""));
    }
    columns.add(Column.count("batch"));
    // what the whole sweep has in common would leave no room for the system
    boolean formats = several(result, point -> point.weights() + "/" + point.kv());
    boolean contexts = several(result, FrontPoint::contextTokens);
    boolean models = several(result, FrontPoint::model);
    if (formats) {
      columns.add(Column.text("weights/KV"));
    }
    if (contexts) {
      columns.add(Column.count("context"));
    }
    if (models) {
      columns.add(Column.text("model"));
    }
    columns.add(Column.text("system"));
    int size = front.size();
    int rows = Math.min(size, most);
    List<List<Object>> cells = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      FrontPoint point = front.get(rows == 1 ? 0 : i * (size - 1) / (rows - 1));
      List<Object> cell = new ArrayList<>();
      result.objectives().forEach(o -> cell.add(point.metrics().get(o.metric()).median()));
      cell.add(point.batch());
      if (formats) {
        cell.add(point.weights() + "/" + point.kv());
      }
      if (contexts) {
        cell.add(point.contextTokens());
      }
      if (models) {
        cell.add(point.model());
      }
      cell.add(system(point));
      cells.add(cell);
    }
    String caption =
        rows == size ? "Pareto front" : "Pareto front, " + rows + " of " + size + " designs";
    return new DataTable(caption, columns, cells);
  }

  /** The unit, and the metric where another objective has the same one. */
  private static String header(ExplorationFile result, ExplorationFile.Objective objective) {
    String unit = result.units().get(objective.metric());
    boolean alone =
        result.objectives().stream()
                .filter(o -> unit.equals(result.units().get(o.metric())))
                .count()
            == 1;
    return alone ? unit : objective.metric();
  }

  private static boolean several(ExplorationFile result, Function<FrontPoint, Object> value) {
    return result.front().stream().map(value).distinct().count() > 1;
  }

  private static String system(FrontPoint point) {
    StringBuilder system = new StringBuilder();
    if (point.replicas() > 1) {
      system.append(point.replicas()).append(" x ");
    }
    system.append(point.devices()).append(" x ").append(point.device());
    if (point.devices() > 1 && point.parallelism().contains(" ")) {
      system.append(' ').append(point.parallelism());
    }
    point
        .varied()
        .forEach(
            (key, value) ->
                system
                    .append(' ')
                    .append(key.substring(key.lastIndexOf('.') + 1))
                    .append('=')
                    .append(Numbers.significant(value)));
    if (point.powerCapWatts() != null) {
      system.append(' ').append(Numbers.significant(point.powerCapWatts())).append(" W");
    }
    return system.toString();
  }
}
