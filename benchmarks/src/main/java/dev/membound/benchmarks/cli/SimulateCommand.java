package dev.membound.benchmarks.cli;

import dev.membound.benchmarks.cli.SimulationAnswer.Capacity;
import dev.membound.benchmarks.cli.SimulationAnswer.Devices;
import dev.membound.benchmarks.cli.SimulationAnswer.OperatorTime;
import dev.membound.benchmarks.cli.SimulationAnswer.Parameter;
import dev.membound.benchmarks.cli.SimulationAnswer.PhaseTime;
import dev.membound.benchmarks.cli.SimulationAnswer.Pool;
import dev.membound.benchmarks.cli.SimulationAnswer.Ranked;
import dev.membound.benchmarks.cli.SimulationAnswer.Work;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.OperatorEstimate;
import dev.membound.model.simulate.ShardingSearch;
import dev.membound.model.simulate.ShardingSearch.Objective;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Predicts one workload on one system. */
@Command(
    name = "simulate",
    description = "Predicts decode and prefill of a language model on a system, with intervals.",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    footer = {
      "",
      "Examples:",
      "  ./membound simulate --model llama-3.1-70b --device h100-sxm --count 4 --batch 8",
      "  ./membound simulate --model llama-3.1-8b --device this-cpu --weights q4_0 --json",
      "  ./membound simulate --model deepseek-v3 --device h200-sxm --count 8 --search latency \\",
      "      --weights fp8",
      "  ./membound simulate --model llama-3.1-405b --device h100-sxm --weights-memory 3xhbf \\",
      "      --kv-memory 2xhbm4 --weights fp8"
    })
final class SimulateCommand implements Callable<Integer> {
  private static final int RANKS_SHOWN = 8;

  /** Options that say nothing without another one. */
  private static final Map<String, String> GOES_WITH =
      Map.of(
          "--page", "--top-k",
          "--kv-module", "--kv-modules",
          "--draft-tokens", "--draft-model",
          "--acceptance", "--draft-model",
          "--prefill-count", "--prefill-device",
          "--kv-link-gbps", "--prefill-device");

  @Option(
      names = "--model",
      required = true,
      description = "A name from `membound models`, or a file.")
  private String modelName;

  @Mixin private SystemOptions systems;
  @Mixin private WorkloadOptions workloads;
  @Mixin private ServingOptions serving;

  @Option(
      names = "--phase",
      description = "decode or prefill alone (default: decode in detail, and the prefill's time).")
  private Phase phase;

  @Option(
      names = "--search",
      description =
          "Take the best sharding of up to --count devices: latency, throughput (tokens a second"
              + " and device) or devices (fewest).")
  private Objective objective;

  @Option(names = "--json", description = "Print JSON for another program.")
  private boolean json;

  @Mixin private RunOption runs;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    refuseOptionsWithoutEffect();
    SimulationAnswer answer;
    try {
      answer = answer(LlmCatalogue.find(modelName));
    } catch (IllegalArgumentException e) {
      throw new UserInputException(e.getMessage());
    } catch (ArithmeticException e) {
      throw new UserInputException("a count exceeds 64 bits; choose a smaller batch or context");
    }
    Output output = new Output(spec);
    if (json) {
      output.json(answer);
    } else {
      new SimulationText(output).print(answer);
    }
    return 0;
  }

  private void refuseOptionsWithoutEffect() {
    GivenOptions given = new GivenOptions(spec);
    given.require(GOES_WITH);
    given.exclude(
        "--search",
        "--kv-modules",
        "--search places the KV cache on the devices; leave out --kv-modules or --search");
    for (String sharing : List.of("--tp", "--pp", "--ep", "--dp", "--cp")) {
      given.exclude(
          "--search",
          sharing,
          "--search finds "
              + sharing
              + " itself, for up to --count devices; leave out one of them");
    }
  }

  private SimulationAnswer answer(LlmArchitecture model) {
    systems.check(model);
    boolean onCpu = systems.isThisCpu();
    DecodeWorkload step = workloads.decode(onCpu);
    boolean prefilling = phase == Phase.PREFILL;
    Optional<PrefillWorkload> prompt =
        phase != Phase.DECODE && workloads.hasPrompt()
            ? Optional.of(workloads.prefill(onCpu))
            : Optional.empty();
    if (prompt.isEmpty() && (prefilling || serving.prefills())) {
      throw new IllegalArgumentException(
          phase == Phase.DECODE
              ? "--chunk and --prefill-device are about a prefill; leave out --phase decode"
              : "a prefill needs a --context of at least 1 token beyond --shared-prefix");
    }
    InferenceWorkload main = prefilling ? prompt.orElseThrow() : step;
    List<Ranked> ranking = objective == null ? null : ranking(model, main);
    HardwareSystem system =
        ranking == null
            ? systems.system(runs)
            : HardwareSystem.of(systems.device(runs), best(ranking));
    Simulator simulator = new Simulator();
    Estimate estimate = simulator.estimate(system, model, main);
    List<String> warnings = new ArrayList<>(estimate.warnings());
    warnings.removeAll(estimate.ledger().problems());
    CapacityLedger ledger =
        prefilling
            ? estimate.ledger()
            : serving.ledgerWithDraft(system, model, step).orElse(estimate.ledger());
    boolean fits = ledger.fits();
    PhaseTime decode = prefilling || !fits ? null : time(estimate);
    PhaseTime prefill = prefilling && fits ? time(estimate) : null;
    if (phase == null && fits && prompt.isPresent()) {
      prefill = prefill(simulator, system, model, prompt.get(), warnings);
    }
    return new SimulationAnswer(
        SimulationAnswer.SCHEMA_VERSION,
        new Devices(
            system.name(),
            system.count(),
            system.sharding(),
            system.kvModule().map(DeviceProfile::name).orElse(null)),
        work(model, main),
        capacity(ledger),
        decode,
        prefill,
        prompt.flatMap(p -> serving.chunked(simulator, system, model, p)).orElse(null),
        fits ? serving.speculative(simulator, system, model, step).orElse(null) : null,
        prompt.flatMap(p -> serving.disaggregated(simulator, runs, model, p)).orElse(null),
        ranking,
        estimate.provenance(),
        parameters(system),
        warnings);
  }

  private List<Ranked> ranking(LlmArchitecture model, InferenceWorkload workload) {
    return new ShardingSearch(
            systems.device(runs), model, workload, serving.draft(), serving.held(workload))
        .ranked(systems.mostDevices(), objective).stream()
            .limit(RANKS_SHOWN)
            .map(
                choice ->
                    new Ranked(
                        choice.sharding(),
                        choice.sharding().devices(),
                        choice.seconds(),
                        choice.tokensPerSecond(),
                        choice.tokensPerSecondAndDevice()))
            .toList();
  }

  /** Where nothing fits, what would be missing is told of all devices with TP as far as it goes. */
  private Sharding best(List<Ranked> ranking) {
    if (ranking.isEmpty()) {
      return systems.system(runs).sharding();
    }
    return ranking.getFirst().sharding();
  }

  private static PhaseTime prefill(
      Simulator simulator,
      HardwareSystem system,
      LlmArchitecture model,
      PrefillWorkload prompt,
      List<String> warnings) {
    Estimate estimate;
    try {
      estimate = simulator.estimate(system, model, prompt);
    } catch (IllegalArgumentException e) {
      warnings.add("no prefill: " + e.getMessage());
      return null;
    }
    List<String> problems = estimate.ledger().problems();
    for (String warning : estimate.warnings()) {
      if (problems.contains(warning)) {
        warnings.add("the whole prompt in one piece " + warning + "; --chunk takes it in pieces");
      } else if (!warnings.contains(warning) && !warning.startsWith("context of ")) {
        warnings.add(warning);
      }
    }
    return time(estimate);
  }

  private static PhaseTime time(Estimate estimate) {
    return new PhaseTime(
        estimate.seconds(),
        estimate.tokensPerSecond(),
        estimate.memoryJoules(),
        estimate.operators().stream().map(SimulateCommand::operator).toList());
  }

  private static OperatorTime operator(OperatorEstimate o) {
    return new OperatorTime(
        o.operator(),
        o.engine(),
        o.bottleneck().key(),
        o.seconds(),
        o.startupSeconds(),
        o.memorySeconds(),
        o.computeSeconds(),
        o.linkSeconds(),
        o.bytes(),
        o.flops());
  }

  private static Work work(LlmArchitecture model, InferenceWorkload workload) {
    Formats formats = workload.formats();
    return new Work(
        model.name(),
        workload.phase().name().toLowerCase(Locale.ROOT),
        workload.batch(),
        workload instanceof DecodeWorkload ? workload.pastTokens() : workload.finalContextTokens(),
        workload.sharedPrefixTokens(),
        formats.weights().name(),
        formats.kv().name(),
        formats.activations().name(),
        workload.selection().toString());
  }

  private static Capacity capacity(CapacityLedger ledger) {
    return new Capacity(
        ledger.fits(),
        ledger.shortfallBytes(),
        ledger.pools().stream()
            .map(
                pool ->
                    new Pool(
                        pool.device(),
                        pool.count(),
                        pool.capacityBytes(),
                        pool.bytes(),
                        pool.bytesPerDevice(),
                        pool.shortfallBytes(),
                        pool.bytesByComponent(),
                        pool.smallestCount(),
                        pool.smallest().orElse(null)))
            .toList());
  }

  private static List<Parameter> parameters(HardwareSystem system) {
    List<Parameter> all = new ArrayList<>(parameters(system.device()));
    system.kvModule().ifPresent(module -> all.addAll(parameters(module)));
    return List.copyOf(all);
  }

  private static List<Parameter> parameters(DeviceProfile device) {
    return device.quantities().entrySet().stream()
        .map(entry -> Parameter.of(device.name(), entry.getKey(), entry.getValue()))
        .toList();
  }
}
