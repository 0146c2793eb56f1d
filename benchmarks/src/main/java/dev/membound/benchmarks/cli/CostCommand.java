package dev.membound.benchmarks.cli;

import dev.membound.model.cost.Deployment;
import dev.membound.model.cost.Economics;
import dev.membound.model.cost.Efficiency;
import dev.membound.model.cost.EfficiencyEstimator;
import dev.membound.model.cost.Serving;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.table.DataTable;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Energy, cost and carbon of one workload on one system. */
@Command(
    name = "cost",
    description = "Predicts energy, total cost of ownership and carbon of a token, with intervals.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./membound cost --model llama-3.1-70b --device h100-sxm --count 4 --batch 32",
      "  ./membound cost --model llama-2-70b --device h200-sxm --weights fp8 --kv fp8 --batch 806 \\",
      "      --prompt 294 --output 294 --power-cap 500 --deployment france"
    })
final class CostCommand implements Callable<Integer> {
  @Option(
      names = "--model",
      required = true,
      description = "A name from `membound models`, or a file.")
  private String model;

  @Option(
      names = "--device",
      required = true,
      description = "A name from `membound devices`, or a file.")
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

  @Option(
      names = "--prompt",
      description = "With --output: serve whole requests with prompts of so many tokens.")
  private long prompt;

  @Option(names = "--output", description = "Tokens that a request gets.")
  private long outputTokens;

  @Option(
      names = "--weights",
      description = "Format of the weights, and FP8 arithmetic with fp8 (default: f16).")
  private String weights = "f16";

  @Option(names = "--kv", description = "Format of the KV cache (default: f16).")
  private String kv = "f16";

  @Option(names = "--top-k", description = "Attend to this many selected tokens (default: all).")
  private int topK;

  @Option(names = "--page", description = "Tokens a page of --top-k (default: 16).")
  private int page = 16;

  @Option(
      names = "--power-cap",
      paramLabel = "WATTS",
      description = "Of one device (default: its board power).")
  private Double powerCap;

  @Option(
      names = "--deployment",
      description = "Prices, grid, lifetime: ${COMPLETION-CANDIDATES}, or a file (default: us).",
      completionCandidates = Deployments.class)
  private String deployment = "us";

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Spec private CommandSpec spec;

  /** Names of the known deployments. */
  static final class Deployments implements Iterable<String> {
    @Override
    public java.util.Iterator<String> iterator() {
      return Deployment.all().stream().map(Deployment::name).iterator();
    }
  }

  @Override
  public Integer call() {
    refuseOptionsWithoutEffect();
    LlmArchitecture architecture = LlmCatalogue.find(model);
    Economics economics = Economics.of(Deployment.find(deployment));
    CapacityLedger ledger;
    Efficiency efficiency = null;
    try {
      HardwareSystem system = system();
      Serving serving = serving();
      ledger = CapacityLedger.of(system, architecture, serving.decode());
      if (ledger.fits()) {
        efficiency =
            new EfficiencyEstimator(economics)
                .estimate(
                    system,
                    architecture,
                    serving,
                    powerCap == null ? OptionalDouble.empty() : OptionalDouble.of(powerCap));
      }
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    } catch (ArithmeticException e) {
      throw new UserInputException("a count exceeds 64 bits; choose a smaller batch or context");
    }
    Output output = new Output(spec);
    if (json) {
      output.json(
          efficiency == null ? EfficiencyTables.json(ledger) : EfficiencyTables.json(efficiency));
      return 0;
    }
    title(output);
    if (efficiency == null) {
      ledger.problems().forEach(output::line);
    } else {
      print(efficiency, output);
    }
    return 0;
  }

  private void refuseOptionsWithoutEffect() {
    if ((prompt == 0) != (outputTokens == 0)) {
      throw new UserInputException("--prompt and --output go together");
    }
    GivenOptions given = new GivenOptions(spec);
    given.require(Map.of("--page", "--top-k", "--kv-module", "--kv-modules"));
    given.exclude(
        "--prompt", "--context", "--prompt and --output give the context; leave out --context");
  }

  private HardwareSystem system() {
    HardwareSystem system = HardwareSystem.of(DeviceCatalogue.find(device), count);
    return kvModules == 0
        ? system
        : system.withKvModules(DeviceCatalogue.find(kvModule), kvModules);
  }

  private Serving serving() {
    DataFormat weightFormat = DataFormat.of(weights);
    DataFormat arithmetic = weightFormat == DataFormat.FP8 ? DataFormat.FP8 : DataFormat.F16;
    Formats formats = new Formats(weightFormat, DataFormat.of(kv), arithmetic);
    KvSelection selection =
        topK == 0 ? new KvSelection.Dense() : new KvSelection.QuestTopK(page, topK);
    DecodeWorkload decode = new DecodeWorkload(batch, context, formats, selection);
    return prompt == 0 ? Serving.of(decode) : Serving.of(decode, prompt, outputTokens);
  }

  private void title(Output output) {
    output.line(
        "%s on %d x %s, batch %d, %s, deployment %s"
            .formatted(
                model,
                count,
                device,
                batch,
                prompt == 0
                    ? "context " + context
                    : "prompts of " + prompt + " and outputs of " + outputTokens + " tokens",
                deployment));
    output.line("");
  }

  private void print(Efficiency efficiency, Output output) {
    output.table(EfficiencyTables.metrics(efficiency));
    output.line("");
    output.line(
        "a step gives each of the %d sequences of the batch a token%s; what it takes by part:"
            .formatted(batch, prompt == 0 ? "" : " and computes its share of prompts"));
    for (DataTable table :
        List.of(
            EfficiencyTables.energy(efficiency),
            EfficiencyTables.parts("cost", efficiency.dollars()),
            EfficiencyTables.parts("carbon", efficiency.carbon()))) {
      output.line("");
      output.line(table.caption());
      output.table(table);
    }
    output.line("");
    output.line("what stands behind it, weakest first: " + efficiency.provenance());
    efficiency.notes().forEach(note -> output.line("note: " + note));
  }
}
