package dev.membound.benchmarks.cli;

import static dev.membound.model.report.table.DataTable.row;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryPart;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.report.table.Column;
import dev.membound.model.report.table.DataTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Lists the devices, and the memories that they may be built of. */
@Command(
    name = "devices",
    description =
        "Lists the known devices and memories: each value with its interval, provenance and source.",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  ./membound devices --json"})
final class DevicesCommand implements Callable<Integer> {
  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<List<Object>> rows = new ArrayList<>();
    for (DeviceProfile device : DeviceCatalogue.all()) {
      device.quantities().forEach((name, q) -> rows.add(describe(device.name(), name, q)));
    }
    for (MemoryPart part : MemoryCatalogue.all()) {
      part.tier()
          .quantities()
          .forEach((name, q) -> rows.add(describe(part.name(), "memory." + name, q)));
    }
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

  private static List<Object> describe(String device, String name, Quantity quantity) {
    return row(
        device,
        name,
        quantity.value(),
        quantity.low(),
        quantity.high(),
        quantity.unit(),
        quantity.provenance().name(),
        quantity.source());
  }
}
