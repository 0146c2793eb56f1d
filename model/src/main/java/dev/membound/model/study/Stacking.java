package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.MemoryModel;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.stacked.StackedMemory;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.ArrayList;
import java.util.List;

/**
 * Logic on the standard base die of HBM against logic behind a custom 3D interface:
 *
 * <pre>
 *   bandwidth = min(factor · HBM, cap / energy a byte)
 *   clock     = min(1, (cap − bandwidth · energy a byte) / logic power at full clock)
 * </pre>
 */
final class Stacking implements Study {
  private static final Draw BEST = Draw.best();
  private static final AccessPattern STREAM = AccessPattern.streamRead();
  private static final double BITS = 8;
  private static final List<String> DEVICES =
      List.of("h100-hbm4", "h100-base-die", "h100-custom-3d");
  private static final int MANY = 16;
  private static final int[] BATCHES = {1, 4, MANY};
  private static final double[] FACTORS = {1, 1.5, 2, 2.5, 3, 3.5, 4, 4.25, 4.5, 5, 6, 8};

  // pJ a bit on the way out of HBM2: O'Connor et al., Fine-Grained DRAM, MICRO 2017, as broken down
  // in the AttAcc simulator.
  private static final double TO_BANK_GROUP = 0.11 + 0.44 + 1.01;
  private static final double TO_BASE_DIE = TO_BANK_GROUP + 1.23 + 0.5;
  private static final double TO_PROCESSOR = TO_BASE_DIE + 0.3;

  @Override
  public String name() {
    return "stacking";
  }

  @Override
  public String title() {
    return "Logic on the base die against custom 3D";
  }

  @Override
  public String question() {
    return "What do engines in the stack gain in bandwidth, energy and decode time, and what does"
        + " the heat that a stack can give off leave of it? Five HBM4-6400 stacks;"
        + " Llama-3.1-70B in FP16 at 8,192 tokens on one device, best estimates.";
  }

  /** One of the three, seen from where its decode engines are. */
  private record Design(DeviceProfile device, MemoryModel memory) {
    static Design of(String name) {
      DeviceProfile device = DeviceCatalogue.find(name);
      MemoryModel memory = device.memory().model();
      return new Design(device, memory instanceof NearMemory near ? near.near() : memory);
    }

    double stepSeconds(int batch) {
      Formats formats = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
      return Simulator.bestSeconds(
          HardwareSystem.of(device, 1),
          LlmCatalogue.find("llama-3.1-70b"),
          new DecodeWorkload(batch, 8_192, formats, new KvSelection.Dense()));
    }

    double bytesPerSecond() {
      return memory.bytesPerSecond(STREAM, BEST);
    }

    double joulesPerByte() {
      return memory.joulesPerByte(STREAM, BEST);
    }

    double watts() {
      return bytesPerSecond() * joulesPerByte();
    }

    /** Share of the full clock; 1 where no logic is in the stack. */
    double clock() {
      return device.memory().model() instanceof StackedMemory stacked ? logicShare(stacked) : 1;
    }
  }

  /** Share of the logic's full rate that the cap leaves while memory streams as fast as it can. */
  private static double logicShare(StackedMemory stacked) {
    MemoryModel near = stacked.near();
    double memoryWatts = near.bytesPerSecond(STREAM, BEST) * near.joulesPerByte(STREAM, BEST);
    double left = stacked.thermalCap().watts(BEST) - memoryWatts;
    return Math.clamp(left / logicWatts(), 0, 1);
  }

  /** Power of the logic at its full clock, which the base die keeps. */
  private static double logicWatts() {
    ComputeEngine logic = DeviceCatalogue.find("h100-base-die").engines().getLast();
    return BEST.of(logic.peak(DataFormat.F16)) * BEST.of(logic.joulesPerFlop());
  }

  @Override
  public StudyResult run() {
    List<Design> designs = DEVICES.stream().map(Design::of).toList();
    StackedMemory stacked = (StackedMemory) designs.get(2).device().memory().model();
    List<double[]> bandwidth = new ArrayList<>();
    List<double[]> clock = new ArrayList<>();
    double hbm = designs.getFirst().bytesPerSecond();
    for (double factor : FACTORS) {
      StackedMemory wide = withFactor(stacked, factor);
      bandwidth.add(new double[] {factor, wide.near().bytesPerSecond(STREAM, BEST) / hbm});
      clock.add(new double[] {factor, logicShare(wide)});
    }
    double most = factorWithin(stacked, 0);
    return new StudyResult(
        List.of(designTable(designs)),
        List.of(
            new StudyFigure(
                "What the thermal cap leaves, by width of the interface",
                "At "
                    + Claim.text(stacked.thermalCap().watts(BEST), "W")
                    + " for five stacks the logic keeps its full clock up to "
                    + Numbers.significant(factorWithin(stacked, logicWatts()))
                    + " times the bandwidth of HBM and has none left at "
                    + Numbers.significant(most)
                    + " times, where moving data takes all of the heat.",
                "Bandwidth over that of HBM, and the share of the full clock that is left to the"
                    + " logic, by what the interface could carry over HBM.",
                Curve.chart(
                    Axis.linear("width of the interface (times HBM)", Ticks.NUMBER),
                    Axis.linear("bandwidth (times HBM), share of clock", Ticks.NUMBER),
                    List.of(
                        new Curve("bandwidth", "×", bandwidth),
                        new Curve("clock of the logic", "", clock))))),
        claims(designs, stacked, most));
  }

  private static DataTable designTable(List<Design> designs) {
    List<List<Object>> rows = new ArrayList<>();
    for (Design design : designs) {
      List<Object> row = new ArrayList<>();
      row.add(design.device().title());
      row.add(design.bytesPerSecond() / 1e12);
      row.add(1e12 * design.joulesPerByte() / BITS);
      row.add(design.watts());
      row.add(100 * design.clock());
      for (int batch : BATCHES) {
        row.add(design.stepSeconds(batch));
      }
      rows.add(row);
    }
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.text("design"),
                Column.number("bandwidth", "TB/s"),
                Column.number("energy", "pJ/bit"),
                Column.number("moving data", "W"),
                Column.percent("clock of the logic")));
    for (int batch : BATCHES) {
      columns.add(Column.seconds("step, batch " + batch));
    }
    return new DataTable("Three ways to use five HBM4 stacks", columns, rows);
  }

  private static StackedMemory withFactor(StackedMemory stacked, double factor) {
    Quantity exact =
        Quantity.exact(factor, "1", Provenance.ASSUMED, "swept by the study of stacking");
    return new StackedMemory(
        stacked.hbm(),
        exact,
        stacked.energyDivisor(),
        stacked.thermalCap(),
        stacked.capacityBytes());
  }

  /** Width of the interface at which moving data leaves so many watts of the cap. */
  private static double factorWithin(StackedMemory stacked, double wattsLeft) {
    double joules = stacked.near().joulesPerByte(STREAM, BEST);
    double watts = stacked.thermalCap().watts(BEST) - wattsLeft;
    return watts / joules / stacked.hbm().bytesPerSecond(STREAM, BEST);
  }

  private static List<Claim> claims(List<Design> designs, StackedMemory custom, double most) {
    Design hbm = designs.get(0);
    Design base = designs.get(1);
    Design wide = designs.get(2);
    double perWatt = hbm.joulesPerByte() / wide.joulesPerByte();
    return List.of(
        Claim.number(
            "logic on the base die has the bandwidth of HBM",
            Citations.MA_PATTERSON,
            1,
            base.bytesPerSecond() / hbm.bytesPerSecond(),
            0.01,
            "×",
            "the same stacks and vias; a decode step of one sequence takes "
                + Numbers.seconds(base.stepSeconds(1))
                + " there and "
                + Numbers.seconds(hbm.stepSeconds(1))
                + " on the processor"),
        Claim.range(
            "and moves data with 2 to 3 times less power",
            Citations.MA_PATTERSON,
            2,
            3,
            TO_PROCESSOR / TO_BASE_DIE,
            "×",
            "the published breakdown of HBM2 (O'Connor et al., MICRO 2017) has "
                + Claim.text(TO_PROCESSOR, "")
                + " pJ/bit to the processor and "
                + Claim.text(TO_BASE_DIE, "")
                + " to the base die, which saves the interposer alone; 2 to 3 times need logic at"
                + " the bank groups ("
                + Claim.text(TO_PROCESSOR / TO_BANK_GROUP, "×")
                + ") or an interface that costs more than HBM2's. The catalogue follows the claim"
                + " with "
                + Claim.text(hbm.joulesPerByte() / base.joulesPerByte(), "×")),
        new Claim(
            "custom 3D has more bandwidth than HBM",
            Citations.MA_PATTERSON,
            "above 1×, no number",
            Claim.text(wide.bytesPerSecond() / hbm.bytesPerSecond(), "×")
                + ", at most "
                + Claim.text(most, "×")
                + " under the thermal cap",
            Verdict.IN_PART,
            "the factor of 4 (2 to 8) is assumed; its traffic takes "
                + Claim.text(wide.watts(), "W")
                + " of "
                + Claim.text(custom.thermalCap().watts(BEST), "W")
                + ", the logic keeps "
                + Numbers.percent(wide.clock())
                + " of its clock. A decode step is "
                + Claim.text(hbm.stepSeconds(1) / wide.stepSeconds(1), "×")
                + " as fast with one sequence, "
                + Claim.text(hbm.stepSeconds(MANY) / wide.stepSeconds(MANY), "×")
                + " with "
                + MANY
                + ", where arithmetic binds"),
        new Claim(
            "custom 3D has more bandwidth a watt than HBM",
            Citations.MA_PATTERSON,
            "above 1×, no number",
            Claim.text(perWatt, "×"),
            Verdict.IN_PART,
            "as assumed in the catalogue, the upper end of the 2 to 3 times that are published for"
                + " the base die"));
  }
}
