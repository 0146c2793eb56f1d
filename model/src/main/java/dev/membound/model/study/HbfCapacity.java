package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.chart.BarChart;
import dev.membound.model.chart.BarChart.Bars;
import dev.membound.model.chart.BarChart.Segment;
import dev.membound.model.chart.Paint;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.device.MemoryTier;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.hbf.HbfMemory;
import dev.membound.model.memory.tiers.Stack;
import dev.membound.model.memory.tiers.StackMix;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What ten times the capacity of a stack is worth: ratios of Table 3, the fewest devices that hold
 * large models with HBM or with HBF for the weights, and the best mix of both on one device.
 */
final class HbfCapacity implements Study {
  private static final String TABLE_3 = Citations.MA_PATTERSON + ", Table 3";
  private static final Draw BEST = Draw.best();
  private static final int SITES = 8;
  private static final double[] MIX_KV_GB = {10, 25, 45, 95, 140, 190, 240, 285};

  /**
   * A row of Table 3.
   *
   * @param part in the catalogue
   * @param watts printed, an upper bound for HBF
   * @param bandwidthPerWatt, capacityPerWatt printed, GB/s a W and GB a W
   * @param bandwidthDigits, capacityDigits half of the last printed digit
   */
  private record Printed(
      String name,
      String part,
      double watts,
      double bandwidthPerWatt,
      double bandwidthDigits,
      double capacityPerWatt,
      double capacityDigits) {
    double gigabytes() {
      return tier().capacityBytes().value() / 1e9;
    }

    double gigabytesPerSecond() {
      return tier().model().ideal().bytesPerSecond(AccessPattern.streamRead(), BEST) / 1e9;
    }

    private MemoryTier tier() {
      return MemoryCatalogue.find(part).tier();
    }
  }

  private static final List<Printed> TABLE =
      List.of(
          new Printed("HBF stack", "hbf", 80, 20.5, 0.05, 6.4, 0.05),
          new Printed("HBM4-6400 stack", "hbm4-6400", 40, 41, 0.5, 1, 0.5),
          new Printed("DDR5-6400 module", "ddr5-6400", 12, 4, 0.5, 5, 0.5),
          new Printed("LPDDR5-6400 module", "lpddr5-6400", 3, 17, 0.5, 5, 0.5),
          new Printed("flash card", "nvme", 50, 0.1, 0.05, 82, 0.5));

  /** A model and how it is used. */
  private record Scenario(String name, String model, DataFormat format, int batch, long context) {
    LlmArchitecture architecture() {
      return LlmCatalogue.find(model);
    }

    DecodeWorkload workload() {
      return new DecodeWorkload(
          batch,
          context,
          new Formats(format, DataFormat.F16, DataFormat.F16),
          new KvSelection.Dense());
    }
  }

  private static final List<Scenario> SCENARIOS =
      List.of(
          new Scenario("405B FP16, 1 x 8K", "llama-3.1-405b", DataFormat.F16, 1, 8_192),
          new Scenario("405B FP16, 32 x 8K", "llama-3.1-405b", DataFormat.F16, 32, 8_192),
          new Scenario("405B FP16, 1 x 1M", "llama-3.1-405b", DataFormat.F16, 1, 1_048_576),
          new Scenario("DeepSeek-V3 FP8, 1 x 8K", "deepseek-v3", DataFormat.FP8, 1, 8_192),
          new Scenario("DeepSeek-V3 FP8, 256 x 8K", "deepseek-v3", DataFormat.FP8, 256, 8_192),
          new Scenario("DeepSeek-V3 FP8, 1 x 1M", "deepseek-v3", DataFormat.FP8, 1, 1_048_576));

  /** The fewest devices that hold a scenario, and their step. */
  private record Fit(int devices, double seconds, double tokensPerSecondAndDevice) {
    static Fit of(DeviceProfile device, Scenario scenario) {
      Sharding sharding =
          CapacityLedger.of(
                  HardwareSystem.of(device, 1), scenario.architecture(), scenario.workload())
              .pools()
              .getFirst()
              .smallest()
              .orElseThrow();
      double seconds =
          Simulator.bestSeconds(
              HardwareSystem.of(device, sharding), scenario.architecture(), scenario.workload());
      return new Fit(sharding.devices(), seconds, scenario.batch() / seconds / sharding.devices());
    }
  }

  @Override
  public String name() {
    return "hbf-capacity";
  }

  @Override
  public String title() {
    return "High bandwidth flash: capacity and node count";
  }

  @Override
  public String question() {
    return "How many devices do large models need with HBF for weights, and does Table 3 hold?"
        + " A device has five sites for stacks: five HBM4-6400 (240 GB), or three HBF for weights"
        + " (1,536 GB) beside two HBM4 for the KV cache (96 GB); FP16 KV cache, fewest devices that"
        + " fit, best estimates.";
  }

  @Override
  public StudyResult run() {
    List<Fit> hbm = fits("h100-hbm4");
    List<Fit> hbf = fits("h100-hbf");
    return new StudyResult(
        List.of(ratioTable(), fitTable(hbm, hbf), mixTable()),
        List.of(devicesFigure(hbm, hbf), mixFigure()),
        claims(hbm, hbf));
  }

  private static List<Fit> fits(String device) {
    DeviceProfile profile = DeviceCatalogue.find(device);
    return SCENARIOS.stream().map(scenario -> Fit.of(profile, scenario)).toList();
  }

  private static DataTable ratioTable() {
    return new DataTable(
        "Table 3, computed anew from its first three columns",
        List.of(
            Column.text("memory"),
            Column.number("capacity", "GB"),
            Column.number("bandwidth", "GB/s"),
            Column.number("power", "W"),
            Column.number("GB/s a W", ""),
            Column.number("printed", ""),
            Column.number("GB a W", ""),
            Column.number("printed", "")),
        TABLE.stream()
            .map(
                p ->
                    row(
                        p.name(),
                        p.gigabytes(),
                        p.gigabytesPerSecond(),
                        p.watts(),
                        p.gigabytesPerSecond() / p.watts(),
                        p.bandwidthPerWatt(),
                        p.gigabytes() / p.watts(),
                        p.capacityPerWatt()))
            .toList());
  }

  private static DataTable fitTable(List<Fit> hbm, List<Fit> hbf) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < SCENARIOS.size(); i++) {
      rows.add(
          row(
              SCENARIOS.get(i).name(),
              hbm.get(i).devices(),
              hbf.get(i).devices(),
              hbm.get(i).seconds(),
              hbf.get(i).seconds(),
              hbm.get(i).tokensPerSecondAndDevice(),
              hbf.get(i).tokensPerSecondAndDevice()));
    }
    return new DataTable(
        "Fewest devices that hold it",
        List.of(
            Column.text("scenario"),
            Column.count("devices, HBM4"),
            Column.count("devices, HBF + HBM4"),
            Column.seconds("step, HBM4"),
            Column.seconds("step, HBF + HBM4"),
            Column.number("tokens/s a device, HBM4", ""),
            Column.number("tokens/s a device, HBF + HBM4", "")),
        rows);
  }

  private static StudyFigure devicesFigure(List<Fit> hbm, List<Fit> hbf) {
    List<Segment> with = new ArrayList<>();
    List<Segment> saved = new ArrayList<>();
    int most = 0;
    for (int i = 0; i < SCENARIOS.size(); i++) {
      int flash = hbf.get(i).devices();
      int more = hbm.get(i).devices() - flash;
      String tip =
          SCENARIOS.get(i).name() + "\nHBM4 " + hbm.get(i).devices() + ", HBF + HBM4 " + flash;
      with.add(new Segment(Math.min(flash, flash + more), "" + flash, tip));
      saved.add(more > 0 ? new Segment(more, "+" + more, tip) : null);
      if (ratio(hbm, hbf, i) > ratio(hbm, hbf, most)) {
        most = i;
      }
    }
    long equal = SCENARIOS.stream().filter(s -> ratio(hbm, hbf, SCENARIOS.indexOf(s)) <= 1).count();
    return new StudyFigure(
        "Devices by scenario",
        "HBF saves most for "
            + SCENARIOS.get(most).name()
            + ": "
            + hbm.get(most).devices()
            + " devices become "
            + hbf.get(most).devices()
            + "; it saves none in "
            + equal
            + " of "
            + SCENARIOS.size()
            + " scenarios, where the KV cache, which must stay in HBM, sets the count.",
        "The first part of a bar is the devices with HBF for weights, the second what HBM4 alone"
            + " needs beyond them.",
        new BarChart(
            Axis.linear("devices", Ticks.NUMBER),
            "scenario",
            SCENARIOS.stream().map(Scenario::name).toList(),
            List.of(
                new Bars("HBF + HBM4", Paint.series(0), with),
                new Bars("more with HBM4 alone", Paint.series(1), saved)),
            true));
  }

  private static double ratio(List<Fit> hbm, List<Fit> hbf, int i) {
    return (double) hbm.get(i).devices() / hbf.get(i).devices();
  }

  private static Optional<StackMix> mix(double weightBytes, double kvGigabytes) {
    Stack hbm = new Stack(TABLE.get(1).gigabytes() * 1e9, bandwidth(1), true);
    Stack hbf = new Stack(TABLE.get(0).gigabytes() * 1e9, bandwidth(0), false);
    return StackMix.best(SITES, hbm, hbf, weightBytes, 1e9 * kvGigabytes);
  }

  private static double bandwidth(int row) {
    return 1e9 * TABLE.get(row).gigabytesPerSecond();
  }

  private static double weights() {
    return CapacityLedger.weightBytes(LlmCatalogue.find("llama-3.1-405b"), DataFormat.F16);
  }

  private static DataTable mixTable() {
    List<List<Object>> rows = new ArrayList<>();
    double weights = weights();
    for (double kv : MIX_KV_GB) {
      Optional<StackMix> best = mix(weights, kv);
      double even = (weights + 1e9 * kv) / (SITES * bandwidth(1));
      rows.add(
          row(
              kv,
              best.map(StackMix::fastStacks).orElse(null),
              best.map(StackMix::slowStacks).orElse(null),
              best.map(m -> m.weightBytesOnFast() / 1e9).orElse(null),
              best.map(StackMix::seconds).orElse(null),
              even));
    }
    return new DataTable(
        "Best mix on eight sites, Llama-3.1-405B FP16",
        List.of(
            Column.number("KV cache", "GB"),
            Column.count("HBM stacks"),
            Column.count("HBF stacks"),
            Column.number("weights in HBM", "GB"),
            Column.seconds("reading all once"),
            Column.seconds("all stacks busy throughout")),
        rows);
  }

  private static StudyFigure mixFigure() {
    double weights = weights();
    List<double[]> points = new ArrayList<>();
    List<double[]> even = new ArrayList<>();
    double first = 0;
    double last = 0;
    int firstStacks = 0;
    int lastStacks = 0;
    for (double kv : MIX_KV_GB) {
      StackMix best = mix(weights, kv).orElseThrow();
      points.add(new double[] {kv, 1e3 * best.seconds()});
      even.add(new double[] {kv, 1e3 * (weights + 1e9 * kv) / (SITES * bandwidth(1))});
      if (first == 0) {
        first = best.seconds();
        firstStacks = best.fastStacks();
      }
      last = best.seconds();
      lastStacks = best.fastStacks();
    }
    return new StudyFigure(
        "The best mix of HBM and HBF by KV cache",
        "From "
            + Numbers.count(MIX_KV_GB[0])
            + " to "
            + Numbers.count(MIX_KV_GB[MIX_KV_GB.length - 1])
            + " GB of KV cache the best mix goes from "
            + firstStacks
            + " to "
            + lastStacks
            + " HBM stacks of "
            + SITES
            + ", and reading everything takes "
            + Numbers.significant(last / first)
            + " times as long: few HBF stacks are left to read the weights.",
        "Reading weights of 811 GB and the KV cache once; the lower line is all eight stacks busy"
            + " throughout.",
        Curve.chart(
            Axis.linear("KV cache (GB)", Ticks.NUMBER),
            Axis.log("reading all once (ms)", Ticks.NUMBER),
            List.of(
                new Curve("best mix", "ms", points),
                new Curve("all stacks busy throughout", "ms", even))));
  }

  private static List<Claim> claims(List<Fit> hbm, List<Fit> hbf) {
    List<Claim> claims = new ArrayList<>();
    claims.add(
        Claim.number(
            "an HBF stack has 10 times the capacity of an HBM stack",
            Citations.MA_PATTERSON,
            10,
            TABLE.get(0).gigabytes() / TABLE.get(1).gigabytes(),
            0.1,
            "×",
            "512 GB over 48 GB; rounded down"));
    for (Printed p : TABLE) {
      claims.add(
          Claim.arithmetic(
              p.name() + ": GB/s a W",
              TABLE_3,
              p.bandwidthPerWatt(),
              p.gigabytesPerSecond() / p.watts(),
              p.bandwidthDigits(),
              "",
              "%s GB/s over %s W%s"
                  .formatted(
                      Claim.text(p.gigabytesPerSecond(), ""),
                      Claim.text(p.watts(), ""),
                      rounding(p.gigabytesPerSecond() / p.watts(), p.bandwidthPerWatt()))));
      claims.add(
          Claim.arithmetic(
              p.name() + ": GB a W",
              TABLE_3,
              p.capacityPerWatt(),
              p.gigabytes() / p.watts(),
              p.capacityDigits(),
              "",
              "%s GB over %s W%s"
                  .formatted(
                      Claim.text(p.gigabytes(), ""),
                      Claim.text(p.watts(), ""),
                      rounding(p.gigabytes() / p.watts(), p.capacityPerWatt()))));
    }
    claims.add(pageLatency());
    claims.add(nodes(hbm, hbf));
    claims.add(
        new Claim(
            "long contexts lack capacity, HBF helps capacity: fewer devices for them",
            Citations.MA_PATTERSON + ", Table 2",
            "fewer devices",
            "405B and one context of 1M: "
                + hbm.get(2).devices()
                + " devices with HBM4, "
                + hbf.get(2).devices()
                + " with HBF",
            hbf.get(2).devices() < hbm.get(2).devices()
                ? Verdict.REPRODUCED
                : Verdict.NOT_REPRODUCED,
            "its 541 GB of KV cache must stay in HBM, of which the mixed device has 96 GB instead"
                + " of 240"));
    return claims;
  }

  private static String rounding(double computed, double printed) {
    boolean exact = Math.abs(computed - printed) < 0.005 * printed;
    return exact ? "" : ", printed rounded";
  }

  private static Claim pageLatency() {
    HbfMemory hbf = (HbfMemory) MemoryCatalogue.find("hbf").tier().model();
    double bandwidth = BEST.of(hbf.readBytesPerSecond());
    return new Claim(
        "a page is read in tens of µs, thousands of ns",
        Citations.MA_PATTERSON + ", text and Table 3",
        "10s of µs in the text, 1,000s of ns in Table 3",
        "in flight at full rate: %s to %s (table, 1 to 10 µs), %s to %s (text, 10 to 100 µs)"
            .formatted(
                Claim.text(bandwidth * 1e-6 / 1e6, "MB"),
                Claim.text(bandwidth * 1e-5 / 1e6, "MB"),
                Claim.text(bandwidth * 1e-5 / 1e6, "MB"),
                Claim.text(bandwidth * 1e-4 / 1e6, "MB")),
        Verdict.CORRECTED,
        "text and table differ by ten, and 10,000s of ns stand in the table's row of the flash"
            + " card; the catalogue follows the table with "
            + Claim.text(1e6 * BEST.of(hbf.pageReadSeconds()), "µs")
            + " and a buffer of "
            + Claim.text(BEST.of(hbf.bufferBytes()) / 1e6, "MB")
            + ", which at 50 µs would leave "
            + Numbers.percent(BEST.of(hbf.bufferBytes()) / 50e-6 / bandwidth)
            + " of the bandwidth");
  }

  private static Claim nodes(List<Fit> hbm, List<Fit> hbf) {
    int largest = 0;
    for (int i = 0; i < SCENARIOS.size(); i++) {
      if (ratio(hbm, hbf, i) > ratio(hbm, hbf, largest)) {
        largest = i;
      }
    }
    double factor = ratio(hbm, hbf, largest);
    return new Claim(
        "ten times the capacity a node shrinks systems",
        Citations.MA_PATTERSON,
        "up to 10×",
        Claim.text(factor, "×") + " fewer devices at most",
        factor >= 9 ? Verdict.REPRODUCED : Verdict.IN_PART,
        SCENARIOS.get(largest).name()
            + ": "
            + hbm.get(largest).devices()
            + " to "
            + hbf.get(largest).devices()
            + "; no model here needs ten HBM4 devices for its weights, and two of five sites hold"
            + " the KV cache; a token then takes "
            + Claim.text(hbf.get(largest).seconds() / hbm.get(largest).seconds(), "×")
            + " as long, for fewer devices read its weights");
  }
}
