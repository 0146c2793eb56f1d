package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import dev.membound.model.run.Interval;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.SimulationFile.OperatorShare;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.simulate.ReferenceSystems;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predicts one workload on one system. */
@Command(
    name = "simulate",
    description = "Predicts decode and prefill of a language model on a device, with intervals.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./membound simulate --model llama-3.1-70b --device h100-sxm --count 4 --batch 8",
      "  ./membound simulate --model llama-3.1-8b --device this-cpu --weights q4_0 --json"
    })
final class SimulateCommand implements Callable<Integer> {
  private static final String THIS_CPU = "this-cpu";

  @Option(
      names = "--model",
      required = true,
      description = "A name from `membound models`, or a file.")
  private String model;

  @Option(
      names = "--device",
      required = true,
      description =
          "A name from `membound devices`, a file, or " + THIS_CPU + " (calibrated by a run).")
  private String device;

  @Option(names = "--count", description = "Devices that share the model (default: 1).")
  private int count = 1;

  @Option(names = "--kv-modules", description = "Near-memory modules that hold the KV cache.")
  private int kvModules;

  @Option(names = "--kv-module", description = "What they are (default: cxl-pnm).")
  private String kvModule = "cxl-pnm";

  @Option(names = "--batch", description = "Sequences decoded together (default: 1).")
  private int batch = 1;

  @Option(names = "--context", description = "Tokens in the KV cache (default: 8192).")
  private long context = 8192;

  @Option(names = "--weights", description = "Format of the weights (default: f16).")
  private String weights = "f16";

  @Option(names = "--kv", description = "Format of the KV cache (default: f16).")
  private String kv = "f16";

  @Option(names = "--top-k", description = "Attend to this many selected tokens (default: all).")
  private int topK;

  @Option(names = "--page", description = "Tokens a page of --top-k (default: 16).")
  private int page = 16;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Mixin private RunOption runs;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    Prediction prediction = predict();
    Output output = new Output(spec);
    if (json) {
      output.json(prediction);
    } else {
      print(prediction, output);
    }
    return 0;
  }

  private Prediction predict() {
    LlmArchitecture architecture = LlmCatalogue.find(model);
    try {
      DataFormat weightFormat = DataFormat.of(weights);
      Formats formats = new Formats(weightFormat, DataFormat.of(kv), activations());
      KvSelection selection =
          topK == 0 ? new KvSelection.Dense() : new KvSelection.QuestTopK(page, topK);
      HardwareSystem system = HardwareSystem.of(device(), count);
      if (kvModules != 0) {
        system = system.withKvModules(DeviceCatalogue.find(kvModule), kvModules);
      }
      return ReferenceSystems.predict(
          new Simulator(),
          system,
          architecture,
          new DecodeWorkload(batch, context, formats, selection));
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  /** CPU kernels take F32 activations, accelerators 16-bit ones. */
  private DataFormat activations() {
    return device.equals(THIS_CPU) ? DataFormat.F32 : DataFormat.F16;
  }

  private DeviceProfile device() {
    return device.equals(THIS_CPU)
        ? CpuDevice.from(runs.folder().read(Document.PROFILE, ProfileFile.class))
        : calibrated(DeviceCatalogue.find(device));
  }

  /** With the overlap exponents of a run where there is one: they do not depend on a device. */
  private DeviceProfile calibrated(DeviceProfile profile) {
    return runs.find()
        .filter(run -> run.has(Document.PROFILE))
        .map(SimulateCommand::profile)
        .map(fitted -> profile.withOverlap(CpuDevice.overlapExponents(fitted)))
        .orElse(profile);
  }

  private static ProfileFile profile(RunFolder run) throws RunFolderException {
    return run.read(Document.PROFILE, ProfileFile.class);
  }

  private void print(Prediction p, Output output) {
    output.line(
        "%s, %s weights, %s KV, batch %d, context %d, attention %s, on %d x %s"
            .formatted(
                p.model(),
                p.weights(),
                p.kv(),
                p.batch(),
                p.context(),
                p.kvSelection(),
                p.deviceCount(),
                p.device()));
    output.line("");
    if (p.fits()) {
      output.line("decode  " + milliseconds(p.decodeStepSeconds()) + " a step (TPOT)");
      output.line("        " + interval(p.decodeTokensPerSecond(), 1, "%.3g") + " tokens/s");
      if (p.prefillSeconds() != null) {
        output.line("prefill " + milliseconds(p.prefillSeconds()) + " (TTFT, without queueing)");
      }
      output.line("");
      output.table(operators(p));
    } else {
      output.line(
          "does not fit: short by %.2f GB; %s"
              .formatted(
                  p.shortfallBytes() / 1e9,
                  p.smallestFittingCount() == 0
                      ? "no number of these devices holds it"
                      : "at least " + p.smallestFittingCount() + " of these devices hold it"));
    }
    output.line("");
    output.table(capacity(p));
    output.line("");
    output.line("what stands behind it, weakest first: " + p.provenance());
    p.warnings().forEach(warning -> output.line("warning: " + warning));
  }

  private static DataTable operators(Prediction p) {
    double total = p.operators().stream().mapToDouble(OperatorShare::seconds).sum();
    return new DataTable(
        "decode step",
        List.of(
            Column.text("operator"),
            Column.text("engine"),
            Column.seconds("time"),
            Column.percent("share"),
            Column.bytes("bytes"),
            Column.text("bottleneck")),
        p.operators().stream()
            .map(
                o ->
                    row(
                        o.operator(),
                        o.engine(),
                        o.seconds(),
                        100 * o.seconds() / total,
                        o.bytes(),
                        o.bottleneck()))
            .toList());
  }

  private static DataTable capacity(Prediction p) {
    List<List<Object>> rows =
        new java.util.ArrayList<>(
            p.capacity().entrySet().stream().map(e -> row(e.getKey(), e.getValue())).toList());
    rows.add(row("all", p.capacity().values().stream().mapToLong(Long::longValue).sum()));
    rows.add(row("capacity", p.capacityBytes()));
    return new DataTable(
        "capacity", List.of(Column.text("component"), Column.bytes("bytes")), rows);
  }

  private static String milliseconds(Interval seconds) {
    return interval(seconds, 1e3, "%.4g") + " ms";
  }

  private static String interval(Interval interval, double scale, String format) {
    return String.format(
        Locale.ROOT,
        format + " [" + format + ", " + format + "]",
        interval.median() * scale,
        interval.low() * scale,
        interval.high() * scale);
  }
}
