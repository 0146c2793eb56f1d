package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.comparison.Comparison;
import dev.membound.benchmarks.comparison.ComparisonTable;
import dev.membound.benchmarks.comparison.PeerCatalogue;
import dev.membound.benchmarks.host.HostProbe;
import dev.membound.benchmarks.host.MeasuringJvm;
import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.suite.Suite;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.table.CsvTable;
import dev.membound.model.table.DataTable;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.ServiceConfigurationError;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import picocli.CommandLine.Option;

/** The options of {@code bench --peers}, and its run: our kernels beside other libraries'. */
final class PeerOptions {
  private static final long SEED = 20260105;
  private static final String ALL = "all";
  private static final double SECONDS_PER_FORK = 3.5;
  private static final Set<String> DEFAULT_FORMATS =
      Set.of("F32", "F16", "BF16", "Q8_0", "Q4_0", "Q4_K", "Q6_K", "INT4_G128", "INT8");

  private enum Kernel {
    GEMV,
    ATTENTION
  }

  @Option(
      names = "--peers",
      required = true,
      description = "Measure other libraries beside our kernels and print both side by side.")
  private boolean peers;

  @Option(
      names = "--kernel",
      paramLabel = "gemv|attention",
      description = "Only this one (default: both).")
  private Kernel kernel;

  @Option(
      names = "--format",
      split = ",",
      paramLabel = "FORMAT",
      description = {
        "Only these formats, for instance Q4_0,Q8_0; all for every one that a peer has",
        "(default: the common ones)."
      })
  private List<String> formats = List.of();

  @Option(names = "--forks", paramLabel = "N", description = "JVMs a kernel (default: 3).")
  private int forks = 3;

  @Option(names = "--threads", paramLabel = "N", description = "Threads a call (default: 1).")
  private int threads = 1;

  @Option(names = "--rows", paramLabel = "N", description = "Rows of the matrix (default: 14336).")
  private int rows = 14336;

  @Option(
      names = "--cols",
      paramLabel = "N",
      description = "Columns, a multiple of 256 (default: 4096).")
  private int cols = 4096;

  @Option(
      names = "--context",
      paramLabel = "N",
      description = "Tokens of the KV cache, a multiple of 16 (default: 32768).")
  private int context = 32768;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where run folders are made (default: peer-runs).")
  private Path out = Path.of("peer-runs");

  @Option(
      names = "--resume",
      paramLabel = "RUN-FOLDER",
      description = "Go on with a run that was stopped, or add forks; give it the same options.")
  private Path resume;

  /** Measures and prints. */
  void run(Output output) {
    requireAtLeast("--forks", forks, 1, 1);
    requireAtLeast("--threads", threads, 1, 1);
    requireAtLeast("--rows", rows, 64, 1);
    requireAtLeast("--cols", cols, 256, 256);
    requireAtLeast("--context", context, 16, 16);
    PeerCatalogue catalogue = catalogue();
    List<Comparison> gemv;
    List<Comparison> attention;
    List<PlannedWorkload> plan = new ArrayList<>();
    try {
      gemv = kernel == Kernel.ATTENTION ? List.of() : catalogue.gemv(rows, cols, threads);
      attention = kernel == Kernel.GEMV ? List.of() : catalogue.attention(context, threads);
      checkFormats(gemv, attention);
      gemv = chosen(gemv);
      attention = chosen(attention);
      gemv.forEach(comparison -> add(plan, comparison));
      attention.forEach(comparison -> add(plan, comparison));
    } catch (IllegalArgumentException e) { // a shape that they do not take
      throw new UserInputException(e.getMessage());
    }
    MeasurementFile file = measure(catalogue, plan);
    RunFolder folder = RunFolder.open(resume);
    print(
        output,
        folder,
        file,
        "gemv",
        "weights",
        "GEMV %d x %d from DRAM, threads: %d".formatted(rows, cols, threads),
        gemv);
    print(
        output,
        folder,
        file,
        "attention",
        "elements",
        "decode attention, 32 query and 8 KV heads of 128, %d tokens from DRAM, threads: %d"
            .formatted(context, threads),
        attention);
    output.line("measurements, JMH's own results and the tables are in " + folder.path());
  }

  private static PeerCatalogue catalogue() {
    try {
      return PeerCatalogue.find()
          .orElseThrow(
              () ->
                  new UserInputException(
                      "this build has no peers; run `./membound bench --peers` from the source"
                          + " tree, which builds them"));
    } catch (ServiceConfigurationError | LinkageError e) { // a jar is missing, or half of it
      Throwable first = e;
      while (first.getCause() != null) {
        first = first.getCause();
      }
      throw new UserInputException(
          "a library of the peers is missing or damaged (%s); delete peers/target and run `./membound bench --peers` again, which builds it anew"
              .formatted(first.toString().lines().findFirst().orElse("")));
    }
  }

  private static void requireAtLeast(String option, int value, int least, int multiple) {
    if (value < least || value % multiple != 0) {
      throw new UserInputException(
          "%s: %d is not %s%d or more"
              .formatted(
                  option, value, multiple == 1 ? "" : "a multiple of " + multiple + ", ", least));
    }
  }

  private void checkFormats(List<Comparison> gemv, List<Comparison> attention) {
    Set<String> known = new TreeSet<>();
    gemv.forEach(comparison -> known.add(comparison.format()));
    attention.forEach(comparison -> known.add(comparison.format()));
    for (String format : formats) {
      if (!format.equalsIgnoreCase(ALL) && !known.contains(format.toUpperCase(Locale.ROOT))) {
        throw new UserInputException(
            "--format: no peer has " + format + "; all, or some of " + String.join(", ", known));
      }
    }
  }

  private List<Comparison> chosen(List<Comparison> comparisons) {
    Set<String> wanted =
        formats.isEmpty()
            ? DEFAULT_FORMATS
            : formats.stream().map(f -> f.toUpperCase(Locale.ROOT)).collect(Collectors.toSet());
    if (formats.stream().anyMatch(ALL::equalsIgnoreCase)) {
      return comparisons;
    }
    return comparisons.stream().filter(c -> wanted.contains(c.format())).toList();
  }

  private MeasurementFile measure(PeerCatalogue catalogue, List<PlannedWorkload> plan) {
    HostFacts now =
        MeasuringJvm.hostFacts(UUID.randomUUID().toString(), Instant.now().toString())
            .withMemboundBuild(
                HostProbe.build(KernelProvider.class, HostProbe.class, catalogue.getClass()));
    RunFolder folder;
    if (resume == null) {
      folder = MeasureOptions.create(out, now);
      resume = folder.path();
    } else {
      folder = RunFolder.open(resume);
      MeasureOptions.requireSameHost(folder, folder.read(Document.HOST, HostFacts.class), now);
      if (folder.has(Document.MEASUREMENTS)) {
        requireSameWorkingSets(
            folder.path(), folder.read(Document.MEASUREMENTS, MeasurementFile.class), plan);
      }
    }
    try (ConsoleProgress progress = ConsoleProgress.onStandardError("measuring")) {
      catalogue.unavailable().forEach(progress::note);
      progress.note(
          "%d kernels in %d forks: about %.0f min; kept in %s, where --resume goes on"
              .formatted(
                  plan.size(),
                  forks,
                  Math.ceil(plan.size() * forks * SECONDS_PER_FORK / 60),
                  folder.path()));
      String runId = folder.read(Document.HOST, HostFacts.class).runId();
      return new Suite(folder, Preset.QUICK, Duration.ofDays(1), plan, progress)
          .measure(runId, SEED);
    }
  }

  /**
   * Ours, then the peers: a round has them side by side.
   *
   * @throws IllegalArgumentException if one does not take the shape
   */
  private void add(List<PlannedWorkload> plan, Comparison comparison) {
    List<Workload> side = new ArrayList<>();
    if (comparison.ours() != null) {
      side.add(comparison.ours());
    }
    comparison.peers().forEach(peer -> side.add(peer.workload()));
    for (Workload workload : side) {
      workload.workingSetBytes(); // refuses what cannot fill one
      plan.add(new PlannedWorkload(workload, forks));
    }
  }

  /** An id does not tell the working set: a ratio of two would be none. */
  static void requireSameWorkingSets(
      Path folder, MeasurementFile measured, List<PlannedWorkload> plan) {
    Map<String, Measurement> known =
        measured.measurements().stream().collect(Collectors.toMap(Measurement::id, m -> m));
    for (PlannedWorkload planned : plan) {
      long now = planned.workload().workingSetBytes();
      Measurement before = known.get(planned.id());
      if (before != null && before.workingSetBytes() != now) {
        throw new UserInputException(
            "%s: %s was measured over a working set of %d bytes, this would be %d; start a new run"
                .formatted(folder, planned.id(), before.workingSetBytes(), now));
      }
    }
  }

  private static void print(
      Output output,
      RunFolder folder,
      MeasurementFile file,
      String name,
      String elements,
      String caption,
      List<Comparison> comparisons) {
    if (comparisons.isEmpty()) {
      return;
    }
    ComparisonTable compared = new ComparisonTable(file);
    DataTable table = compared.of(caption, elements, comparisons);
    folder.writeText(name + "-peers.csv", CsvTable.render(table));
    output.line(caption);
    output.table(table);
    compared.leftOut(comparisons).forEach(output::line);
    output.line("");
  }
}
