package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.host.HostProbe;
import dev.membound.benchmarks.host.MeasuringJvm;
import dev.membound.benchmarks.host.WidthChoice;
import dev.membound.benchmarks.plan.MeasurementPlan;
import dev.membound.benchmarks.suite.Preset;
import dev.membound.benchmarks.suite.Suite;
import dev.membound.kernels.provider.KernelProvider;
import dev.membound.model.run.HostFacts;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import picocli.CommandLine.Option;

/** The options of every command that measures, and the measuring itself. */
final class MeasureOptions {
  private static final long SEED = 20260105;
  private static final DateTimeFormatter FOLDER_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);

  @Option(
      names = "--preset",
      paramLabel = "quick|full|smoke",
      description = {
        "quick: a first look in minutes (default);",
        "full: every shape, about 14 hours on 2 cores;",
        "smoke: does everything run? its numbers mean nothing."
      })
  private String preset;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Where run folders are made (default: runs).")
  private Path out = Path.of("runs");

  @Option(
      names = "--resume",
      paramLabel = "RUN-FOLDER",
      description = "Go on with a run that was stopped; what it measured is kept.")
  private Path resume;

  /** Measures into a new folder, or goes on with the one named. */
  RunFolder measure() {
    checkProvider();
    // Before anything is timed or made: a folder of a run that cannot begin would be the newest.
    Preset asked = requested(Preset.QUICK);
    Instant started = Instant.now();
    RunFolder stopped = resume == null ? null : RunFolder.open(resume);
    List<HostFacts.VectorWidth> widths = chooseWidth(stopped);
    HostFacts now =
        MeasuringJvm.hostFacts(UUID.randomUUID().toString(), started.toString())
            .withVectorWidths(widths);
    RunFolder folder = stopped == null ? create(now) : stopped;
    HostFacts host = folder.read(Document.HOST, HostFacts.class);
    Preset chosen = resume == null ? asked : resumed(folder, host, now);
    MeasurementPlan plan = plan(chosen, now);
    if (folder.has(Document.MEASUREMENTS)) {
      plan = plan.resuming(folder.read(Document.MEASUREMENTS, MeasurementFile.class));
    }
    AtomicBoolean finished = new AtomicBoolean();
    Thread interrupted = new Thread(() -> sayHowToResume(folder, finished));
    Runtime.getRuntime().addShutdownHook(interrupted);
    try (ConsoleProgress progress = ConsoleProgress.onStandardError("measuring")) {
      plan.notes().forEach(progress::note);
      new Suite(folder, chosen, plan.workloads(), progress).measure(host.runId(), SEED);
    } finally {
      finished.set(true);
    }
    return folder;
  }

  /**
   * Unless a property forces the kernels: those of the run that is resumed, else the fastest. The
   * property hands the choice on to every fork.
   *
   * @return what was measured; null if nothing was
   */
  private static List<HostFacts.VectorWidth> chooseWidth(RunFolder stopped) {
    if (System.getProperty(KernelProvider.PROPERTY) != null) {
      return null;
    }
    if (stopped != null) {
      HostFacts host = stopped.read(Document.HOST, HostFacts.class);
      System.setProperty(KernelProvider.PROPERTY, host.kernelProvider());
      return null;
    }
    int widest = MeasuringJvm.hostFacts("widest", Instant.EPOCH.toString()).vectorBits();
    WidthChoice choice = WidthChoice.measure(widest);
    System.setProperty(KernelProvider.PROPERTY, choice.best().propertyValue());
    return choice.widths();
  }

  /** Refused here, in one line, rather than by every fork. */
  static void checkProvider() {
    String forced = System.getProperty(KernelProvider.PROPERTY);
    if (forced != null) {
      try {
        KernelProvider.parse(forced);
      } catch (IllegalArgumentException e) {
        throw new UserInputException(e.getMessage());
      }
    }
  }

  private static MeasurementPlan plan(Preset preset, HostFacts host) {
    HostProbe machine = HostProbe.ofThisMachine();
    try {
      return MeasurementPlan.of(
          preset, machine.caches(), vectorBits(host), machine.availableMemoryBytes());
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  /** The ceilings' probes stay vectorised, at the narrowest width, when the kernels are scalar. */
  private static int vectorBits(HostFacts host) {
    return Math.max(KernelProvider.VECTOR_128.vectorBits(), host.vectorBits());
  }

  private RunFolder create(HostFacts host) {
    return create(out, host);
  }

  /** A new run folder, named after time and machine. */
  static RunFolder create(Path parent, HostFacts host) {
    String name = FOLDER_TIME.format(Instant.parse(host.startedUtc())) + "-" + host.hostName();
    RunFolder folder = RunFolder.create(parent.resolve(name.replaceAll("[^A-Za-z0-9._-]", "_")));
    folder.write(Document.HOST, host);
    return folder;
  }

  private Preset requested(Preset otherwise) {
    if (preset == null) {
      return otherwise;
    }
    try {
      return Preset.of(preset);
    } catch (IllegalArgumentException e) {
      throw new UserInputException("--preset: " + e.getMessage());
    }
  }

  /** Refuses to go on with a run of another machine, JVM or build of Membound. */
  static void requireSameHost(RunFolder folder, HostFacts host, HostFacts now) {
    if (!host.cpuModel().equals(now.cpuModel())
        || host.cores() != now.cores()
        || !host.kernelProvider().equals(now.kernelProvider())) {
      throw new UserInputException(
          folder.path()
              + " was measured on "
              + describe(host)
              + ", this is "
              + describe(now)
              + "; resume it there, or start a new run");
    }
    if (!host.jvm().equals(now.jvm())
        || !Objects.equals(host.memboundVersion(), now.memboundVersion())
        || !Objects.equals(code(host), code(now))) {
      throw new UserInputException(
          folder.path()
              + " was measured by "
              + software(host)
              + ", this is "
              + software(now)
              + "; resume it with those, or start a new run");
    }
  }

  private Preset resumed(RunFolder folder, HostFacts host, HostFacts now) {
    requireSameHost(folder, host, now);
    if (!folder.has(Document.MEASUREMENTS)) {
      return requested(Preset.QUICK);
    }
    String measured = folder.read(Document.MEASUREMENTS, MeasurementFile.class).preset();
    Preset known = Preset.of(measured);
    if (requested(known) != known) {
      throw new UserInputException(
          folder.path()
              + " was measured with --preset "
              + measured
              + "; resume it without --preset");
    }
    return known;
  }

  private static String describe(HostFacts host) {
    return host.cpuModel() + " with " + host.cores() + " cores, kernels " + host.kernelProvider();
  }

  private static String software(HostFacts host) {
    String version = host.memboundVersion();
    HostFacts.Build build = host.memboundBuild();
    return "Membound "
        + (version == null ? "of an older version" : version)
        + (build == null ? " of an unknown build" : " of " + describe(build))
        + ", "
        + host.jvm();
  }

  private static String describe(HostFacts.Build build) {
    return (build.commit() == null ? "" : "commit " + build.commit() + ", ")
        + "code "
        + build.code();
  }

  /** Null where an older version measured. */
  private static String code(HostFacts host) {
    return host.memboundBuild() == null ? null : host.memboundBuild().code();
  }

  private static void sayHowToResume(RunFolder folder, AtomicBoolean finished) {
    if (!finished.get()) {
      System.err.println();
      System.err.println(
          "stopped; nothing measured is lost. Go on with: ./membound run --resume "
              + folder.path());
    }
  }
}
