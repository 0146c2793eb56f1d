package dev.membound.model.report.section;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.run.HostFacts;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.Residency;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which machine measured, and what it can do at most. */
final class MachineSection implements ReportSection {
  private static final double NOTABLE_STEAL = 0.01;

  @Override
  public String id() {
    return "machine";
  }

  @Override
  public String title() {
    return "The machine and its ceilings";
  }

  @Override
  public SectionBody render(RunDocuments run) {
    Ceilings ceilings = Ceilings.of(run);
    List<String> missing = new ArrayList<>();
    if (ceilings.threads().isEmpty()) {
      missing.add(
          "No ceiling was measured: measurements.json has no sound read or fma result. Run"
              + " `./membound measure`.");
    }
    List<DataTable> tables = new ArrayList<>();
    tables.add(ceilingTable(run));
    DataTable writes = writeTable(run);
    if (!writes.rows().isEmpty()) {
      tables.add(writes);
    }
    tables.add(hostTable(run));
    return new SectionBody(notes(run, ceilings), tables, List.of(), missing);
  }

  private static List<String> notes(RunDocuments run, Ceilings ceilings) {
    List<String> notes = new ArrayList<>();
    TreeMap<Integer, Interval> dram = ceilings.dram();
    if (!dram.isEmpty()) {
      notes.add(scaling(dram));
    }
    if (run.host().stealFraction() > NOTABLE_STEAL) {
      notes.add(
          "The hypervisor has taken "
              + Numbers.percent(run.host().stealFraction())
              + " of this machine's time since boot: expect wider intervals.");
    }
    return notes;
  }

  private static String scaling(TreeMap<Integer, Interval> dram) {
    int few = dram.firstKey();
    int many = dram.lastKey();
    String first =
        Labels.threads(few)
            + (few == 1 ? " reads " : " read ")
            + Numbers.significant(dram.get(few).median() / 1e9)
            + " GB/s from DRAM";
    if (few == many) {
      return first + ".";
    }
    double gain = dram.get(many).median() / dram.get(few).median();
    return first
        + ", "
        + many
        + " threads "
        + Numbers.significant(dram.get(many).median() / 1e9)
        + " GB/s: "
        + (gain < 1.15
            ? "more threads add next to nothing, one core already saturates the memory."
            : String.format(Locale.ROOT, "%.2f times as much.", gain));
  }

  /** Ceilings as a table: one row a ceiling and thread count. */
  static DataTable ceilingTable(RunDocuments run) {
    Ceilings ceilings = Ceilings.of(run);
    List<List<Object>> rows = new ArrayList<>();
    for (Map.Entry<Residency, TreeMap<Integer, Interval>> level :
        ceilings.readBytesPerSecond().entrySet()) {
      level
          .getValue()
          .forEach((threads, i) -> rows.add(ceiling("read " + level.getKey(), threads, i, "GB/s")));
    }
    ceilings
        .peakFlopsPerSecond()
        .forEach((threads, i) -> rows.add(ceiling("FMA peak, F32", threads, i, "GFLOP/s")));
    ceilings
        .loadLatencySeconds()
        .ifPresent(
            i ->
                rows.add(
                    row(
                        "dependent load, DRAM",
                        1,
                        i.median() * 1e9,
                        i.low() * 1e9,
                        i.high() * 1e9,
                        "ns")));
    return new DataTable(
        "Ceilings: best fork and 90 % interval",
        List.of(
            Column.text("ceiling"),
            Column.count("threads"),
            Column.value("best"),
            Column.value("low"),
            Column.value("high"),
            Column.text("unit")),
        rows);
  }

  /**
   * Copy and triad with both ways of counting: STREAM's, and with the lines that a store reads
   * before it writes them.
   */
  private static DataTable writeTable(RunDocuments run) {
    List<List<Object>> rows = new ArrayList<>();
    for (String family : List.of("copy", "triad")) {
      for (Measurement m : run.family(family)) {
        long moved = m.bytes().values().stream().mapToLong(Long::longValue).sum();
        rows.add(
            row(
                family + " " + m.residency(),
                m.threads(),
                m.gigabytesPerSecond().median(),
                moved / m.secondsPerCall().median() / 1e9));
      }
    }
    return new DataTable(
        "Reading and writing",
        List.of(
            Column.text("probe"),
            Column.count("threads"),
            Column.number("algorithmic bytes", "GB/s"),
            Column.number("with write-allocate", "GB/s")),
        rows);
  }

  private static List<Object> ceiling(String name, int threads, Interval perSecond, String unit) {
    return row(
        name,
        threads,
        perSecond.median() / 1e9,
        perSecond.low() / 1e9,
        perSecond.high() / 1e9,
        unit);
  }

  private static DataTable hostTable(RunDocuments run) {
    HostFacts host = run.host();
    List<List<Object>> rows = new ArrayList<>();
    rows.add(row("CPU", host.cpuModel()));
    rows.add(row("Logical processors", Numbers.count(host.cores())));
    rows.add(row("Caches", caches(host)));
    rows.add(row("Memory", Numbers.bytes(host.memoryBytes())));
    rows.add(row("Operating system", host.operatingSystem()));
    rows.add(
        row(
            "Kernels",
            Labels.provider(host.kernelProvider())
                + " (this machine: "
                + host.vectorBits()
                + " bits)"));
    rows.add(
        row(
            "Huge pages",
            host.hugePageStatus() + " (system policy: " + host.transparentHugePages() + ")"));
    rows.add(row("Frequency governor", host.frequencyGovernor()));
    rows.add(row("Steal since boot", Numbers.percent(host.stealFraction())));
    rows.add(row("JVM", host.jvm()));
    rows.add(row("JVM flags", String.join(" ", host.jvmFlags())));
    rows.add(row("Host name", host.hostName()));
    rows.add(row("Started", host.startedUtc()));
    rows.add(row("Run", host.runId()));
    rows.add(row("Preset, seed", run.measurements().preset() + ", " + run.measurements().seed()));
    return new DataTable("The machine", List.of(Column.text("fact"), Column.text("value")), rows);
  }

  private static String caches(HostFacts host) {
    return host.caches().stream()
        .map(
            cache ->
                "L"
                    + cache.level()
                    + " "
                    + Numbers.bytes(cache.bytes())
                    + (cache.sharedByCores() > 1
                        ? " shared by " + cache.sharedByCores() + " cores"
                        : " per core"))
        .collect(Collectors.joining(", "));
  }
}
