package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import dev.membound.model.workload.DataFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the devices. */
@Command(
    name = "devices",
    description = "Lists the known devices: each value with its interval, provenance and source.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound devices --json"})
final class DevicesCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<List<Object>> rows = new ArrayList<>();
    DeviceCatalogue.all().forEach(device -> describe(device, rows));
    DataTable devices =
        new DataTable(
            "devices",
            List.of(
                Column.text("device"),
                Column.text("value"),
                Column.value("estimate"),
                Column.value("low"),
                Column.value("high"),
                Column.text("unit"),
                Column.text("provenance"),
                Column.text("source")),
            rows);
    Output output = new Output(spec);
    if (json) {
      output.tableAsJson(devices);
    } else {
      output.table(devices);
    }
    return 0;
  }

  private static void describe(DeviceProfile device, List<List<Object>> rows) {
    add(rows, device, "capacity", device.memory().capacityBytes());
    for (ComputeEngine engine : device.engines()) {
      for (Map.Entry<DataFormat, Quantity> peak : engine.peakFlops().entrySet()) {
        add(rows, device, engine.name() + " peak " + peak.getKey(), peak.getValue());
      }
      add(rows, device, engine.name() + " startup", engine.startupSeconds());
      add(rows, device, engine.name() + " streaming", engine.streamingEfficiency());
    }
    device.link().ifPresent(link -> add(rows, device, "link", link.bytesPerSecond()));
    device.power().ifPresent(power -> add(rows, device, "power", power));
    add(rows, device, "model error", device.modelError());
  }

  private static void add(
      List<List<Object>> rows, DeviceProfile device, String what, Quantity quantity) {
    rows.add(
        row(
            device.name(),
            what,
            quantity.value(),
            quantity.low(),
            quantity.high(),
            quantity.unit(),
            quantity.provenance().name(),
            quantity.source()));
  }
}
