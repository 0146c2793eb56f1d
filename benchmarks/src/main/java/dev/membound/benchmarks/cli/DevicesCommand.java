package dev.membound.benchmarks.cli;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryPart;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the devices, and the memories that they may be built of. */
@Command(
    name = "devices",
    description =
        "Lists the known devices and memories: each value with its interval, provenance and source.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  ./membound devices h100-sxm",
      "  ./membound devices my-device.yaml --json"
    })
final class DevicesCommand implements Callable<Integer> {
  @Parameters(
      arity = "0..1",
      paramLabel = "NAME",
      description = "One device or memory, or a device's file (default: all of the catalogue).")
  private String only;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    List<MemoryPart> parts =
        MemoryCatalogue.all().stream()
            .filter(part -> only == null || part.name().equals(only))
            .toList();
    Collection<DeviceProfile> devices =
        only == null
            ? DeviceCatalogue.all()
            : parts.isEmpty() ? List.of(DeviceCatalogue.find(only)) : List.of();
    List<List<Object>> rows = new ArrayList<>();
    for (DeviceProfile device : devices) {
      device.quantities().forEach((name, q) -> rows.add(describe(device.name(), name, q)));
    }
    for (MemoryPart part : parts) {
      part.tier()
          .quantities()
          .forEach((name, q) -> rows.add(describe(part.name(), "memory." + name, q)));
    }
    DataTable table =
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
      output.tableAsJson(table);
    } else {
      if (only == null) {
        output.listing(table);
      } else {
        devices.forEach(d -> output.line(d.name() + ": " + d.title() + ". " + d.description()));
        rows.forEach(cells -> detail(cells, output));
      }
    }
    return 0;
  }

  /** One value with its whole source, which a table would cut. */
  private static void detail(List<Object> cells, Output output) {
    output.line(
        String.format(
            Locale.ROOT,
            "%s = %.6g %s [%.6g, %.6g], %s: %s",
            cells.get(1),
            ((Number) cells.get(2)).doubleValue(),
            cells.get(5),
            ((Number) cells.get(3)).doubleValue(),
            ((Number) cells.get(4)).doubleValue(),
            cells.get(6),
            cells.get(7)));
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
