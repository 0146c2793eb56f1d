package dev.membound.model.study;

import static dev.membound.model.table.DataTable.row;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Axis.Ticks;
import dev.membound.model.cost.Economics;
import dev.membound.model.cost.Efficiency;
import dev.membound.model.cost.EfficiencyEstimator;
import dev.membound.model.cost.Metric;
import dev.membound.model.cost.Serving;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.memory.pnm.PnmMemory;
import dev.membound.model.memory.pnm.PnmSelection;
import dev.membound.model.memory.pnm.PnmSelection.Returned;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.OperatorEstimate;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.table.Column;
import dev.membound.model.table.DataTable;
import dev.membound.model.table.Numbers;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.IntFunction;

/**
 * The KV cache in CXL-PNM modules that select and attend near memory, by modules a GPU:
 *
 * <pre>
 *   step     = max(GPU, PNM, link)      sequences in two groups that take turns
 *   GPU      = all that is no attention
 *   PNM      = digests scanned and selected pages attended to
 *   tokens/s = batch / step             batch: as many sequences as memory holds
 * </pre>
 */
final class PnmScaling implements Study {
  private static final Draw BEST = Draw.best();
  private static final String SELECTION_PAPER = "Kim et al., PACT 2025, arXiv 2511.00321";
  private static final long CONTEXT = 131_072;
  private static final int PAGE = 16;
  private static final int BUDGET = 2_048;
  private static final int GPUS = 2;
  private static final int[] MODULES_A_GPU = {1, 2, 3, 4, 6, 8};
  private static final KvSelection TOP_K = new KvSelection.QuestTopK(PAGE, BUDGET);
  private static final KvSelection DENSE = new KvSelection.Dense();
  private static final Formats FP16 = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
  private static final int MOST_MODULES_A_GPU = 64;
  private static final double NEARLY = 0.9;

  @Override
  public String name() {
    return "pnm-scaling";
  }

  @Override
  public String title() {
    return "Scaling PNM modules with top-K KV selection";
  }

  @Override
  public String question() {
    return "How do tokens/s and tokens/$ grow with CXL-PNM modules a GPU, against more GPUs?"
        + " Llama-3.1-70B at 131,072 tokens in FP16: weights on two H100, KV cache on the modules,"
        + " which scan digests of pages of 16 tokens and attend to 2,048 tokens; the batch is what"
        + " memory holds; prices of the standard deployment, best estimates.";
  }

  /** A system, filled with sequences. */
  private record Filled(HardwareSystem system, KvSelection selection, int batch, Estimate step) {

    static Filled of(HardwareSystem system, KvSelection selection) {
      return of(system, selection, largestBatch(system, selection));
    }

    static Filled of(HardwareSystem system, KvSelection selection, int batch) {
      return new Filled(
          system,
          selection,
          batch,
          new Simulator(Simulator.DEFAULT_SEED, 1)
              .estimate(system, llama(), workload(batch, selection)));
    }

    private static int largestBatch(HardwareSystem system, KvSelection selection) {
      int fits = 0;
      int tooLarge = 1;
      while (fits(system, selection, tooLarge)) {
        fits = tooLarge;
        tooLarge *= 2;
      }
      while (tooLarge - fits > 1) {
        int middle = (fits + tooLarge) / 2;
        if (fits(system, selection, middle)) {
          fits = middle;
        } else {
          tooLarge = middle;
        }
      }
      return fits;
    }

    private static boolean fits(HardwareSystem system, KvSelection selection, int batch) {
      return CapacityLedger.of(system, llama(), workload(batch, selection)).fits();
    }

    private boolean onModule(OperatorEstimate operator) {
      return system.kvModule().map(m -> operator.engine().startsWith(m.name())).orElse(false);
    }

    double gpuSeconds() {
      return step.operators().stream()
          .filter(o -> !onModule(o))
          .mapToDouble(OperatorEstimate::seconds)
          .sum();
    }

    double pnmSeconds() {
      return step.operators().stream()
          .filter(this::onModule)
          .mapToDouble(o -> o.seconds() - o.linkSeconds())
          .sum();
    }

    double linkSeconds() {
      return step.operators().stream()
          .filter(this::onModule)
          .mapToDouble(OperatorEstimate::linkSeconds)
          .sum();
    }

    double overlappedSeconds() {
      return Math.max(gpuSeconds(), Math.max(pnmSeconds(), linkSeconds()));
    }

    double tokensPerSecond() {
      return batch / overlappedSeconds();
    }

    Efficiency efficiency() {
      return new EfficiencyEstimator(Economics.standard(), Simulator.DEFAULT_SEED, 1)
          .estimate(system, llama(), Serving.of(workload(batch, selection)));
    }
  }

  /** A filled system with what it costs. */
  private record Costed(Filled filled, Efficiency efficiency) {
    static Costed of(Filled filled) {
      return new Costed(filled, filled.efficiency());
    }

    double tokensPerSecond() {
      return get(Metric.TOKENS_PER_SECOND);
    }

    double tokensPerUsd() {
      return get(Metric.TOKENS_PER_USD);
    }

    double joulesPerToken() {
      return get(Metric.JOULES_PER_TOKEN);
    }

    private double get(Metric metric) {
      return efficiency.get(metric).median();
    }
  }

  private static LlmArchitecture llama() {
    return LlmCatalogue.find("llama-3.1-70b");
  }

  private static DecodeWorkload workload(int batch, KvSelection selection) {
    return new DecodeWorkload(batch, CONTEXT, FP16, selection);
  }

  private static DeviceProfile module() {
    return DeviceCatalogue.find("cxl-pnm");
  }

  private static HardwareSystem modular(int modulesPerGpu) {
    return HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), GPUS)
        .withKvModules(module(), GPUS * modulesPerGpu);
  }

  private static Costed withModules(int modulesPerGpu) {
    return Costed.of(Filled.of(modular(modulesPerGpu), TOP_K));
  }

  /** Modules a GPU at which the GPU becomes the longest part, filled or with a batch kept. */
  private static int gpuBindsFrom(IntFunction<Filled> byModulesPerGpu) {
    int count = 1;
    while (count < MOST_MODULES_A_GPU && !bound(byModulesPerGpu.apply(count))) {
      count++;
    }
    return count;
  }

  private static boolean bound(Filled filled) {
    return filled.gpuSeconds() >= filled.overlappedSeconds();
  }

  private static Filled kept(int modulesPerGpu, int batch) {
    return Filled.of(modular(modulesPerGpu), TOP_K, batch);
  }

  private static Costed withGpus(int gpus, KvSelection selection) {
    Sharding sharding = new Sharding(Math.min(gpus, 8), 1, 1, Math.max(1, gpus / 8), 1, 0);
    HardwareSystem system = HardwareSystem.of(DeviceCatalogue.find("h100-sxm"), sharding);
    return Costed.of(Filled.of(system, selection));
  }

  @Override
  public StudyResult run() {
    List<Costed> modules = new ArrayList<>();
    for (int count : MODULES_A_GPU) {
      modules.add(withModules(count));
    }
    List<Costed> dense = List.of(withGpus(4, DENSE), withGpus(8, DENSE), withGpus(16, DENSE));
    List<Costed> selecting = List.of(withGpus(4, TOP_K), withGpus(8, TOP_K), withGpus(16, TOP_K));
    List<Costed> all = new ArrayList<>(modules);
    all.addAll(dense);
    all.addAll(selecting);
    return new StudyResult(
        List.of(systemTable(all), linkTable(modules.getFirst().filled())),
        List.of(throughputFigure(modules), dollarFigure(modules, dense, selecting)),
        claims(modules, dense, selecting));
  }

  private static DataTable systemTable(List<Costed> all) {
    return new DataTable(
        "Systems filled with sequences of 131,072 tokens",
        List.of(
            Column.count("H100"),
            Column.count("modules"),
            Column.text("attention"),
            Column.count("batch"),
            Column.seconds("GPU"),
            Column.seconds("PNM"),
            Column.seconds("link"),
            Column.number("tokens/s, max of them", ""),
            Column.number("tokens/s, their sum", ""),
            Column.number("tokens/$", ""),
            Column.number("energy", "J/token")),
        all.stream()
            .map(
                c ->
                    row(
                        c.filled().system().count(),
                        c.filled().system().kvModules(),
                        c.filled().selection() == DENSE ? "dense" : "top 2,048",
                        c.filled().batch(),
                        c.filled().gpuSeconds(),
                        c.filled().pnmSeconds(),
                        c.filled().linkSeconds(),
                        c.filled().tokensPerSecond(),
                        c.tokensPerSecond(),
                        c.tokensPerUsd(),
                        c.joulesPerToken()))
            .toList());
  }

  /** One layer of all sequences. */
  private static PnmSelection.Layer layer(int batch) {
    int layers = llama().layers();
    long token = KvFootprint.bytesPerToken(llama(), DataFormat.F16) / layers;
    long queries = 2L * llama().queryHeads() * 128;
    long kv = batch * CONTEXT * token;
    return new PnmSelection.Layer(
        kv, kv / PAGE, (long) batch * BUDGET * token, batch * (queries + token), batch * queries);
  }

  private static DataTable linkTable(Filled filled) {
    int modules = filled.system().kvModules();
    PnmMemory memory = (PnmMemory) module().memory().model();
    PnmSelection selection =
        new PnmSelection(memory, modules, modules * BEST.of(memory.linkBytesPerSecond()));
    PnmSelection.Layer layer = layer(filled.batch());
    int layers = llama().layers();
    double engine = filled.gpuSeconds() / layers;
    List<List<Object>> rows = new ArrayList<>();
    for (Returned returned : Returned.values()) {
      rows.add(
          row(
              label(returned),
              (double) layers * PnmSelection.linkBytes(layer, returned) / filled.batch(),
              layers * selection.linkSeconds(layer, returned, BEST),
              layers * selection.nearSeconds(layer, returned, BEST),
              layers * selection.stepSeconds(layer, returned, engine, BEST)));
    }
    return new DataTable(
        "What crosses the links of %d modules, %d sequences".formatted(modules, filled.batch()),
        List.of(
            Column.text("returned"),
            Column.bytes("a step and sequence"),
            Column.seconds("link"),
            Column.seconds("near memory"),
            Column.seconds("step, max of GPU and both")),
        rows);
  }

  private static String label(Returned returned) {
    return switch (returned) {
      case WHOLE_KV -> "whole KV cache";
      case PAGES -> "selected pages";
      case ATTENTION -> "attention output";
    };
  }

  private static StudyFigure throughputFigure(List<Costed> modules) {
    List<double[]> overlapped = new ArrayList<>();
    List<double[]> sum = new ArrayList<>();
    List<double[]> same = new ArrayList<>();
    int batch = modules.getFirst().filled().batch();
    for (int i = 0; i < MODULES_A_GPU.length; i++) {
      double x = MODULES_A_GPU[i];
      overlapped.add(new double[] {x, modules.get(i).filled().tokensPerSecond()});
      sum.add(new double[] {x, modules.get(i).tokensPerSecond()});
      same.add(new double[] {x, kept(MODULES_A_GPU[i], batch).tokensPerSecond()});
    }
    int last = MODULES_A_GPU.length - 1;
    Filled most = modules.get(last).filled();
    return new StudyFigure(
        "Tokens a second by modules a GPU",
        "From "
            + MODULES_A_GPU[0]
            + " to "
            + MODULES_A_GPU[last]
            + " modules a GPU tokens/s grow "
            + Claim.text(
                most.tokensPerSecond() / modules.getFirst().filled().tokensPerSecond(), "×")
            + "; at the end a step is "
            + Numbers.seconds(most.gpuSeconds())
            + " of GPU beside "
            + Numbers.seconds(most.pnmSeconds())
            + " of PNM. The GPU binds from "
            + gpuBindsFrom(n -> Filled.of(modular(n), TOP_K))
            + " modules a GPU, with the batch kept at "
            + batch
            + " from "
            + gpuBindsFrom(n -> kept(n, batch))
            + ".",
        "The batch fills the modules' memory except where it is kept; GPU and modules overlap"
            + " except in the second curve.",
        Curve.chart(
            Axis.linear("modules a GPU", Ticks.NUMBER),
            Axis.linear("tokens/s of two GPUs and their modules", Ticks.NUMBER),
            List.of(
                new Curve("max of GPU, PNM, link", "tokens/s", overlapped),
                new Curve("one after the other", "tokens/s", sum),
                new Curve(batch + " sequences kept", "tokens/s", same))));
  }

  private static StudyFigure dollarFigure(
      List<Costed> modules, List<Costed> dense, List<Costed> selecting) {
    double pnm = best(modules);
    double gpus = Math.max(best(dense), best(selecting));
    return new StudyFigure(
        "Tokens a dollar by tokens a second",
        "The best system with modules gives "
            + Claim.text(pnm / gpus, "×")
            + " the tokens/$ of the best with GPUs alone, selection on GPUs included, and "
            + Claim.text(pnm / best(dense), "×")
            + " those of the best dense one.",
        "One point a system; time is one after the other, cost of devices, servers, hosting and"
            + " energy.",
        Curve.chart(
            Axis.log("tokens/s", Ticks.NUMBER),
            Axis.log("tokens/$", Ticks.NUMBER),
            List.of(
                points("2 H100 and modules", modules),
                points("4, 8, 16 H100, dense", dense),
                points("4, 8, 16 H100, top 2,048", selecting))));
  }

  private static Curve points(String name, List<Costed> systems) {
    return new Curve(
        name,
        "tokens/$",
        systems.stream().map(c -> new double[] {c.tokensPerSecond(), c.tokensPerUsd()}).toList());
  }

  private static double best(List<Costed> systems) {
    return systems.stream().mapToDouble(Costed::tokensPerUsd).max().orElseThrow();
  }

  private static List<Claim> claims(
      List<Costed> modules, List<Costed> dense, List<Costed> selecting) {
    Filled first = modules.getFirst().filled();
    double proportional = 0;
    int linearTo = 0;
    for (int i = 0; i < MODULES_A_GPU.length; i++) {
      double growth =
          modules.get(i).filled().tokensPerSecond()
              / first.tokensPerSecond()
              / MODULES_A_GPU[i]
              * MODULES_A_GPU[0];
      if (growth >= NEARLY && linearTo == (i == 0 ? 0 : MODULES_A_GPU[i - 1])) {
        linearTo = MODULES_A_GPU[i];
      }
      proportional = growth;
    }
    int last = MODULES_A_GPU[MODULES_A_GPU.length - 1];
    Costed pnm =
        modules.stream().max(Comparator.comparingDouble(Costed::tokensPerUsd)).orElseThrow();
    Costed gpu = dense.get(1);
    double gpus = Math.max(best(dense), best(selecting));
    double perGpu =
        pnm.tokensPerSecond()
            / pnm.filled().system().count()
            / (gpu.tokensPerSecond() / gpu.filled().system().count());
    PnmSelection.Layer layer = layer(1);
    double whole = PnmSelection.linkBytes(layer, Returned.WHOLE_KV);
    return List.of(
        new Claim(
            "tokens/s grow near-linearly with modules a GPU",
            Citations.SO_FMS,
            "near-linear",
            "%s of proportional at %d modules a GPU".formatted(Numbers.percent(proportional), last),
            linearTo == last ? Verdict.REPRODUCED : Verdict.IN_PART,
            "within 10 %% of proportional up to %d a GPU, with GPU and modules overlapped and the"
                    .formatted(linearTo)
                + " batch growing with memory; without overlap it is "
                + Numbers.percent(
                    modules.getLast().tokensPerSecond()
                        / modules.getFirst().tokensPerSecond()
                        / last)
                + ". The GPU binds from %d a GPU; with the batch kept at %d from %d"
                    .formatted(
                        gpuBindsFrom(n -> Filled.of(modular(n), TOP_K)),
                        first.batch(),
                        gpuBindsFrom(n -> kept(n, first.batch())))),
        new Claim(
            "adding PNM beats adding GPUs in tokens/$",
            Citations.SO_FMS,
            "beats",
            Claim.text(pnm.tokensPerUsd() / gpus, "×"),
            pnm.tokensPerUsd() > gpus ? Verdict.REPRODUCED : Verdict.NOT_REPRODUCED,
            "%s tokens/$ with %d modules on two H100; %s at best with GPUs that select as well, %s"
                    .formatted(
                        Numbers.count(pnm.tokensPerUsd()),
                        pnm.filled().system().kvModules(),
                        Numbers.count(best(selecting)),
                        Numbers.count(best(dense)))
                + " dense; the module's price is built up from its memory"),
        inPart("21.9 times the throughput", 21.9, perGpu, "tokens/s a GPU"),
        inPart(
            "60 times less energy a token",
            60,
            gpu.joulesPerToken() / pnm.joulesPerToken(),
            "energy at the wall"),
        inPart(
            "7.3 times the cost efficiency",
            7.3,
            pnm.tokensPerUsd() / gpu.tokensPerUsd(),
            "tokens/$"),
        new Claim(
            "attention near memory leaves little on the link",
            SELECTION_PAPER,
            "little",
            "%s of the whole KV cache; pages %s"
                .formatted(
                    Claim.text(
                        100 * PnmSelection.linkBytes(layer, Returned.ATTENTION) / whole, "%"),
                    Claim.text(100 * PnmSelection.linkBytes(layer, Returned.PAGES) / whole, "%")),
            PnmSelection.linkBytes(layer, Returned.ATTENTION)
                    < 0.1 * PnmSelection.linkBytes(layer, Returned.PAGES)
                ? Verdict.REPRODUCED
                : Verdict.NOT_REPRODUCED,
            "a step and sequence: %s whole, %s selected pages, %s queries and outputs"
                .formatted(
                    Numbers.bytes(80 * whole),
                    Numbers.bytes(80.0 * PnmSelection.linkBytes(layer, Returned.PAGES)),
                    Numbers.bytes(80.0 * PnmSelection.linkBytes(layer, Returned.ATTENTION)))));
  }

  private static Claim inPart(String what, double published, double computed, String metric) {
    return Claim.number(
            "up to " + what + " of a GPU baseline",
            SELECTION_PAPER,
            published,
            computed,
            0.1,
            "×",
            "")
        .inPart(
            metric
                + " of the best of these systems over 8 H100 with dense attention; the paper's"
                + " baseline, batch and model of its best case (up to 405B and 1M tokens) are not"
                + " in its abstract");
  }
}
