package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.calibrate.Calibration;
import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.TimingFiles;
import dev.membound.model.published.TimingRows;
import dev.membound.model.published.fit.CalibratedDevice;
import dev.membound.model.published.fit.DeviceCalibration;
import dev.membound.model.published.fit.FittedParameter;
import dev.membound.model.run.RunFolder;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Fits the device profile of a run, or a device file from timings of somebody else's device. */
@Command(
    name = "calibrate",
    description = {
      "Fits a run's measurements into a device profile and predicts held-out rows.",
      "With --from: fits a device of the catalogue to a CSV of kernel timings or serving latencies,"
          + " and writes a device file for `simulate --device`. docs/validation.md has the format."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./membound calibrate runs/20260105T101500Z-laptop",
      "  ./membound calibrate --from my-h100.csv --out my-h100.yaml",
      "  ./membound calibrate --from published --device h200-sxm --out h200-served.yaml",
      "  ./membound simulate --model llama-3.1-8b --device my-h100.yaml --batch 32"
    })
final class CalibrateCommand implements Callable<Integer> {
  private static final String PUBLISHED = "published";
  private static final String YAML = ".yaml";

  @Parameters(
      paramLabel = "RUN-FOLDER",
      arity = "0..1",
      description = "A folder that measure or run made.")
  private Path folder;

  @Option(
      names = "--from",
      paramLabel = "CSV",
      description = "Timings of a device, or " + PUBLISHED + " for those that come with membound.")
  private String from;

  @Option(names = "--device", description = "With --from: which device of the file.")
  private String device;

  @Option(
      names = "--out",
      paramLabel = "YAML",
      description = "With --from: the device file to write (default: calibrated-DEVICE.yaml).")
  private Path out;

  @Option(names = "--force", description = "With --from: replace an existing device file.")
  private boolean force;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    if ((folder == null) == (from == null)) {
      throw new UserInputException("calibrate takes a run folder, or --from and a CSV file");
    }
    if (from != null) {
      calibrateDevice();
      return 0;
    }
    RunFolder run = RunFolder.open(folder);
    Calibration.run(run);
    new Output(spec).line("wrote profile.json and validation.json into " + run.path());
    return 0;
  }

  private void calibrateDevice() {
    TimingRows rows = oneDevice(rows());
    String base = rows.devices().getFirst();
    Path file = out != null ? out : Path.of("calibrated-" + baseName(Path.of(base)) + YAML);
    if (Files.exists(file) && !force) {
      throw new UserInputException(file + " exists; --force replaces it, --out names another");
    }
    OutputFile.requireFolder(file);
    CalibratedDevice calibrated = calibrated(baseName(file), rows);
    OutputFile.write(file, calibrated.yaml());
    print(calibrated, file);
  }

  private CalibratedDevice calibrated(String name, TimingRows rows) {
    try {
      CalibratedDevice calibrated = DeviceCalibration.of(name, rows, from);
      calibrated.profile();
      return calibrated;
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    }
  }

  private TimingRows rows() {
    if (from.equals(PUBLISHED)) {
      return PublishedResults.load().timings();
    }
    try {
      return TimingFiles.parse(from, Files.readString(Path.of(from)));
    } catch (NoSuchFileException e) {
      throw new UserInputException("there is no file " + from);
    } catch (MalformedInputException e) {
      throw new UserInputException(from + " is no text in UTF-8");
    } catch (IOException e) {
      throw new UserInputException("cannot read " + from + ": " + e.getMessage());
    }
  }

  private TimingRows oneDevice(TimingRows rows) {
    List<String> devices = rows.devices();
    if (device != null && !devices.contains(device)) {
      throw new UserInputException(
          from + " has no rows of device '" + device + "', only of " + String.join(", ", devices));
    }
    if (device == null && devices.size() > 1) {
      throw new UserInputException(
          from + " has rows of " + String.join(", ", devices) + "; choose one with --device");
    }
    return rows.of(device == null ? devices.getFirst() : device);
  }

  private static String baseName(Path file) {
    String name = file.getFileName().toString();
    return name.endsWith(YAML) ? name.substring(0, name.length() - YAML.length()) : name;
  }

  private void print(CalibratedDevice calibrated, Path file) {
    Output output = new Output(spec);
    output.table(
        new DataTable(
            "fitted parameters, 90 % intervals",
            List.of(
                Column.text("parameter"),
                Column.value("value"),
                Column.value("low"),
                Column.value("high"),
                Column.text("in the device file")),
            calibrated.parameters().stream()
                .map(p -> row(p.key(), p.value(), p.low(), p.high(), fate(p)))
                .toList()));
    output.line("");
    calibrated.notes().forEach(output::line);
    output.line(
        String.format(
            Locale.ROOT,
            "%d rows, left out in %d parts in turn: mean error %.1f %%",
            calibrated.rows(),
            calibrated.folds(),
            calibrated.meanAbsolutePercent()));
    output.line("wrote " + file);
  }

  private static String fate(FittedParameter p) {
    if (!p.identifiable()) {
      return "no: the rows cannot tell it";
    }
    return p.section() == FittedParameter.Section.LONE_CALL ? "no: of lone calls" : "yes";
  }
}
