package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.device.MemoryCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.NearMemory;
import dev.membound.model.memory.pim.PimMemory;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.simulate.Estimate;
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

/** Table 4: processing in memory against processing near memory, in data centres and phones. */
final class PimAndPnm implements Study {
  private static final Draw BEST = Draw.best();
  private static final AccessPattern STREAM = AccessPattern.streamRead();
  private static final String TABLE_4 = Citations.MA_PATTERSON + ", Table 4";
  private static final double MIB = 1024 * 1024;
  private static final double GIB = 1024 * MIB;
  private static final double PICOJOULES_PER_BIT = 1e12 / 8;
  private static final int BATCH = 32;
  private static final long CONTEXT = 8_192;
  private static final long PHONE_CONTEXT = 2_048;
  private static final int[] BATCHES = {1, 2, 4, 8, 16, 32, 64};
  private static final List<String> DEVICES =
      List.of("h100-sxm", "hbm-pim", "aim", "cxl-pnm", "structera-a", "h100-base-die");
  private static final List<String> PHONE_MODELS = List.of("llama-3.2-1b", "qwen2.5-3b");

  // JESD235: eight dies of 8 Gb.
  private static final double HBM2_CUBE = 8e9;

  // Table 3: 40 W a HBM4 stack, 3 W an LPDDR5 module, each at its full bandwidth.
  private static final double HBM_WATTS = 40;

  @Override
  public String name() {
    return "pim-pnm";
  }

  @Override
  public String title() {
    return "Processing in memory against near memory";
  }

  @Override
  public String question() {
    return "What do PIM (logic on the DRAM die) and PNM (logic beside it) gain, and which suits"
        + " where? Data centre: Llama-3.1-70B in 16 bit, batch 32 at 8,192 tokens, fewest devices"
        + " that fit. Phone: models of 1 and 3 billion parameters in Q8_0, one sequence of 2,048"
        + " tokens. Best estimates, intervals where they decide.";
  }

  /** A device as its near engines and its host see it. */
  private record Near(DeviceProfile device) {
    static Near of(String name) {
      return new Near(DeviceCatalogue.find(name));
    }

    private NearMemory memory() {
      return (NearMemory) device.memory().model();
    }

    double nearBytesPerSecond() {
      return memory().near().bytesPerSecond(STREAM, BEST);
    }

    double hostBytesPerSecond() {
      return memory().bytesPerSecond(STREAM, BEST);
    }

    double gain() {
      return nearBytesPerSecond() / hostBytesPerSecond();
    }

    double nearPicojoules() {
      return memory().near().joulesPerByte(STREAM, BEST) * PICOJOULES_PER_BIT;
    }

    double hostPicojoules() {
      return memory().joulesPerByte(STREAM, BEST) * PICOJOULES_PER_BIT;
    }

    double gainPerWatt() {
      return hostPicojoules() / nearPicojoules();
    }

    /** Bytes that one engine reaches. */
    double shardBytes() {
      return memory() instanceof PimMemory pim
          ? pim.shardBytes(BEST)
          : device.memory().capacityBytes().value();
    }
  }

  /** Fewest devices that hold a batch of the large model, and their step. */
  private record Fit(int devices, Estimate step, int batch) {
    static Fit of(String name, int batch) {
      DeviceProfile device = DeviceCatalogue.find(name);
      DataFormat format = name.equals("aim") ? DataFormat.BF16 : DataFormat.F16;
      LlmArchitecture model = LlmCatalogue.find("llama-3.1-70b");
      DecodeWorkload step =
          new DecodeWorkload(
              batch, CONTEXT, new Formats(format, format, format), new KvSelection.Dense());
      Sharding sharding =
          CapacityLedger.of(HardwareSystem.of(device, 1), model, step)
              .pools()
              .getFirst()
              .smallest()
              .orElseThrow();
      return new Fit(
          sharding.devices(),
          new Simulator(Simulator.DEFAULT_SEED, 1)
              .estimate(HardwareSystem.of(device, sharding), model, step),
          batch);
    }

    double seconds() {
      return step.seconds().median();
    }

    double tokensPerSecondAndDevice() {
      return batch / seconds() / devices;
    }

    double joulesPerToken() {
      return step.memoryJoules() / batch;
    }
  }

  /** A small model on the phone, with its PIM or by its host alone. */
  private record Phone(double seconds, double joules) {
    static Phone of(String modelName, boolean pim) {
      DeviceProfile phone = DeviceCatalogue.find("lpddr-pim");
      Estimate step =
          new Simulator(Simulator.DEFAULT_SEED, 1)
              .estimate(
                  HardwareSystem.of(pim ? phone : hostOnly(phone), 1),
                  LlmCatalogue.find(modelName),
                  new DecodeWorkload(
                      1,
                      PHONE_CONTEXT,
                      new Formats(DataFormat.Q8_0, DataFormat.F16, DataFormat.F16),
                      new KvSelection.Dense()));
      return new Phone(step.seconds().median(), step.memoryJoules());
    }

    private static DeviceProfile hostOnly(DeviceProfile phone) {
      return new DeviceProfile(
          phone.name(),
          phone.title(),
          phone.description(),
          phone.memory(),
          phone.kvMemory(),
          List.of(phone.mainEngine()),
          phone.link(),
          phone.power(),
          phone.facts(),
          phone.modelError());
    }
  }

  @Override
  public StudyResult run() {
    List<Near> memories =
        List.of("hbm-pim", "aim", "lpddr-pim", "cxl-pnm", "structera-a", "h100-base-die").stream()
            .map(Near::of)
            .toList();
    List<Fit> fits = DEVICES.stream().map(name -> Fit.of(name, BATCH)).toList();
    List<List<Object>> phoneRows = new ArrayList<>();
    for (String model : PHONE_MODELS) {
      Phone host = Phone.of(model, false);
      Phone pim = Phone.of(model, true);
      phoneRows.add(
          row(
              LlmCatalogue.find(model).title(),
              1 / host.seconds(),
              1 / pim.seconds(),
              1e3 * host.joules(),
              1e3 * pim.joules(),
              100 * (pim.joules() / host.joules() - 1)));
    }
    return new StudyResult(
        List.of(
            new DataTable(
                "What engines in and near the memory see, sustained",
                List.of(
                    Column.text("device"),
                    Column.number("near", "GB/s"),
                    Column.number("host", "GB/s"),
                    Column.number("gain", ""),
                    Column.number("near", "pJ/bit"),
                    Column.number("host", "pJ/bit"),
                    Column.number("gain a watt", ""),
                    Column.bytes("shard of an engine")),
                memories.stream()
                    .map(
                        n ->
                            row(
                                n.device().title(),
                                n.nearBytesPerSecond() / 1e9,
                                n.hostBytesPerSecond() / 1e9,
                                n.gain(),
                                n.nearPicojoules(),
                                n.hostPicojoules(),
                                n.gainPerWatt(),
                                n.shardBytes()))
                    .toList()),
            dataCentreTable(fits),
            new DataTable(
                "Phone: LPDDR5 with and without PIM",
                List.of(
                    Column.text("model"),
                    Column.number("tokens/s, host", ""),
                    Column.number("tokens/s, PIM", ""),
                    Column.number("memory energy, host", "mJ/token"),
                    Column.number("memory energy, PIM", "mJ/token"),
                    Column.signedPercent("energy")),
                phoneRows)),
        List.of(figure()),
        claims(fits));
  }

  private static DataTable dataCentreTable(List<Fit> fits) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < fits.size(); i++) {
      Fit fit = fits.get(i);
      DeviceProfile device = DeviceCatalogue.find(DEVICES.get(i));
      double shards =
          device.memory().model() instanceof PimMemory pim ? BEST.of(pim.units().units()) : 1;
      rows.add(
          row(
              device.title(),
              fit.devices(),
              fit.devices() * shards,
              fit.seconds(),
              BATCH / fit.seconds(),
              fit.tokensPerSecondAndDevice(),
              fit.joulesPerToken()));
    }
    return new DataTable(
        "Data centre: Llama-3.1-70B, batch 32 at 8,192 tokens",
        List.of(
            Column.text("device"),
            Column.count("devices"),
            Column.count("shards"),
            Column.seconds("step"),
            Column.number("tokens/s", ""),
            Column.number("tokens/s a device", ""),
            Column.number("memory energy", "J/token")),
        rows);
  }

  private static StudyFigure figure() {
    List<Curve> curves = new ArrayList<>();
    List<String> shown = List.of("aim", "cxl-pnm", "h100-sxm");
    List<List<double[]>> lines = new ArrayList<>();
    for (String name : shown) {
      List<double[]> points = new ArrayList<>();
      for (int batch : BATCHES) {
        points.add(new double[] {batch, Fit.of(name, batch).tokensPerSecondAndDevice()});
      }
      lines.add(points);
      curves.add(new Curve(DeviceCatalogue.find(name).title(), "tokens/s", points));
    }
    int last = BATCHES.length - 1;
    return new StudyFigure(
        "Tokens a second and device by batch",
        "From batch 1 to "
            + BATCHES[last]
            + " the PIM card gains "
            + Claim.text(lines.get(0).get(last)[1] / lines.get(0).get(0)[1], "×")
            + ", the PNM module "
            + Claim.text(lines.get(1).get(last)[1] / lines.get(1).get(0)[1], "×")
            + " and the GPU "
            + Claim.text(lines.get(2).get(last)[1] / lines.get(2).get(0)[1], "×")
            + ": arithmetic, not bandwidth, soon binds the first two.",
        "Fewest devices that hold Llama-3.1-70B with a batch at 8,192 tokens; both axes are"
            + " logarithmic.",
        Curve.chart(
            Axis.log2("batch (sequences)", Ticks.NUMBER),
            Axis.log("tokens/s a device", Ticks.NUMBER),
            curves));
  }

  private static List<Claim> claims(List<Fit> fits) {
    Near hbmPim = Near.of("hbm-pim");
    Near aim = Near.of("aim");
    Near phone = Near.of("lpddr-pim");
    Near module = Near.of("cxl-pnm");
    Near card = Near.of("structera-a");
    Near baseDie = Near.of("h100-base-die");
    Near upmem = Near.of("upmem");
    Fit aimFit = fits.get(DEVICES.indexOf("aim"));
    Fit pnmFit = fits.get(DEVICES.indexOf("cxl-pnm"));
    Fit baseDieFit = fits.get(DEVICES.indexOf("h100-base-die"));
    Phone one = Phone.of(PHONE_MODELS.getFirst(), false);
    Phone onePim = Phone.of(PHONE_MODELS.getFirst(), true);
    return List.of(
        new Claim(
            "PIM has 5 to 10 times the bandwidth a watt",
            TABLE_4,
            "5 to 10×",
            "a watt %s to %s; bandwidth alone %s to %s"
                .formatted(
                    Claim.text(hbmPim.gainPerWatt(), ""),
                    Claim.text(phone.gainPerWatt(), "×"),
                    Claim.text(phone.gain(), ""),
                    Claim.text(aim.gain(), "×")),
            Verdict.IN_PART,
            "HBM-PIM %s, AiM %s, LPDDR-PIM %s a watt; the first misses 5 by a hair, near energies"
                    .formatted(
                        Claim.text(hbmPim.gainPerWatt(), "×"),
                        Claim.text(aim.gainPerWatt(), "×"),
                        Claim.text(phone.gainPerWatt(), "×"))
                + " are assumed"),
        new Claim(
            "PNM has 2 to 5 times the bandwidth a watt",
            TABLE_4,
            "2 to 5×",
            "base die %s, CXL-PNM %s, Structera A %s"
                .formatted(
                    Claim.text(baseDie.gainPerWatt(), "×"),
                    Claim.text(module.gainPerWatt(), "×"),
                    Claim.text(card.gainPerWatt(), "×")),
            Verdict.IN_PART,
            "against the same memory seen by the host; the base die's number is the source's own"
                + " input. Over their links the modules gain %s and %s in bandwidth"
                    .formatted(Claim.text(module.gain(), "×"), Claim.text(card.gain(), "×"))),
        new Claim(
            "data movement takes very little power in PIM, little in PNM",
            TABLE_4,
            "PIM below PNM",
            "AiM %s, CXL-PNM %s"
                .formatted(
                    Claim.text(aim.nearPicojoules(), ""),
                    Claim.text(module.nearPicojoules(), "pJ/bit")),
            aim.nearPicojoules() < module.nearPicojoules()
                ? Verdict.REPRODUCED
                : Verdict.NOT_REPRODUCED,
            "logic on a base die comes as near, "
                + Claim.text(baseDie.nearPicojoules(), "pJ/bit")
                + ", if its published saving holds"),
        new Claim(
            "PIM shards are 32 to 64 MB",
            TABLE_4,
            "32 to 64 MB",
            "AiM %s, UPMEM %s, HBM-PIM %s"
                .formatted(
                    Claim.text(aim.shardBytes() / MIB, "MiB"),
                    Claim.text(upmem.shardBytes() / MIB, "MiB"),
                    Claim.text(hbmPim.shardBytes() / MIB, "MiB")),
            Verdict.IN_PART,
            "binary megabytes in the first two; a unit of HBM-PIM serves two banks of 8 MB"),
        new Claim(
            "PNM shards are 1000 times larger",
            Citations.MA_PATTERSON,
            "1000×",
            "%s to %s"
                .formatted(
                    Claim.text(16 * GIB / (32 * MIB), "×"), Claim.text(32 * GIB / (32 * MIB), "×")),
            Verdict.CORRECTED,
            "16 to 32 GB over 32 MB; over 64 MB it is %s to %s"
                .formatted(
                    Claim.text(16 * GIB / (64 * MIB), "×"),
                    Claim.text(32 * GIB / (64 * MIB), "×"))),
        new Claim(
            "PIM has a lower memory density",
            TABLE_4,
            "worse",
            Claim.text(hbmPim.device().memory().capacityBytes().value() / (4 * HBM2_CUBE), "×"),
            hbmPim.device().memory().capacityBytes().value() < 4 * HBM2_CUBE
                ? Verdict.REPRODUCED
                : Verdict.NOT_REPRODUCED,
            "a cube of HBM-PIM holds 6 GB where one of HBM2 holds 8: four of its eight dies have"
                + " half the cells"),
        new Claim(
            "PNM suits data centres better",
            TABLE_4,
            "PNM",
            "AiM %d cards, %s shards, %s tokens/s a card; CXL-PNM %d module, 1 shard, %s tokens/s"
                .formatted(
                    aimFit.devices(),
                    Numbers.count(aimFit.devices() * 1024.0),
                    Claim.text(aimFit.tokensPerSecondAndDevice(), ""),
                    pnmFit.devices(),
                    Claim.text(pnmFit.tokensPerSecondAndDevice(), "")),
            Verdict.IN_PART,
            "PNM in capacity and in sharding; in tokens a second and device PIM is ahead by %s,"
                    .formatted(
                        Claim.text(
                            aimFit.tokensPerSecondAndDevice() / pnmFit.tokensPerSecondAndDevice(),
                            "×"))
                + " a token takes %s of memory energy against %s"
                    .formatted(
                        Claim.text(aimFit.joulesPerToken(), "J"),
                        Claim.text(pnmFit.joulesPerToken(), "J"))
                + ": each stage reads its weights once a microbatch. An H100 with logic on its base dies gives %s tokens/s"
                    .formatted(Claim.text(baseDieFit.tokensPerSecondAndDevice(), ""))
                + " by its own tensor cores. Prices, which the source weighs against PIM, are not"
                + " in it"),
        new Claim(
            "PIM is plausible in phones: small models, short contexts, batch 1",
            Citations.MA_PATTERSON,
            "plausible",
            "%s as fast, %s to %s tokens/s"
                .formatted(
                    Claim.text(one.seconds() / onePim.seconds(), "×"),
                    Claim.text(1 / one.seconds(), ""),
                    Claim.text(1 / onePim.seconds(), "")),
            one.seconds() > 1.5 * onePim.seconds() ? Verdict.REPRODUCED : Verdict.IN_PART,
            "Llama-3.2-1B in Q8_0 at 2,048 tokens; 102.4 GB/s inside against 51.2 outside"),
        energy(one, onePim, (PimMemory) phone.memory()),
        hbmInPhones());
  }

  private static Claim energy(Phone host, Phone pim, PimMemory memory) {
    double change = pim.joules() / host.joules() - 1;
    Quantity near = memory.nearJoulesPerByte();
    Quantity bus = memory.host().joulesPerByte();
    double least = near.high() / bus.low() - 1;
    double most = near.low() / bus.high() - 1;
    boolean within = most <= -0.72 && -0.72 <= least;
    return new Claim(
        "LPDDR-PIM takes 72 % less energy",
        "Samsung, Hot Chips 35, 2023",
        "-72 %",
        "%s (%s to %s)"
            .formatted(
                Numbers.signedPercent(change),
                Numbers.signedPercent(most),
                Numbers.signedPercent(least)),
        within ? Verdict.IN_PART : Verdict.NOT_REPRODUCED,
        "memory energy of a token of Llama-3.2-1B; the published number lies in the interval, which"
            + " energies of 0.55 to 2 pJ/bit near and 4 to 7.3 over the bus leave wide");
  }

  private static Claim hbmInPhones() {
    double budget = BEST.of(DeviceCatalogue.find("lpddr-pim").power().orElseThrow());
    double bandwidth = 51.2e9;
    double dynamic =
        MemoryCatalogue.find("hbm4-6400").tier().model().joulesPerByte(STREAM, BEST) * bandwidth;
    return new Claim(
        "HBM is infeasible in phones",
        Citations.MA_PATTERSON,
        "infeasible",
        "%s a stack at full rate, phone %s"
            .formatted(Claim.text(HBM_WATTS, "W"), Claim.text(budget, "W")),
        Verdict.IN_PART,
        "a stack at its rate is beyond what a phone gives off; held to the 51 GB/s of LPDDR5 its"
            + " traffic would take "
            + Claim.text(dynamic, "W")
            + ", less than LPDDR5's 3 W: price, package and power at idle, which no equation here"
            + " has, rule it out");
  }
}
