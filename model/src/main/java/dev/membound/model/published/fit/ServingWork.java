package dev.membound.model.published.fit;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.energy.EnergyFacts;
import dev.membound.model.energy.EnergyModel;
import dev.membound.model.energy.EngineSites;
import dev.membound.model.energy.PhaseEnergy;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.published.ServingLatency;
import dev.membound.model.published.ServingThroughput;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvFootprint;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.OperatorShape;
import dev.membound.model.workload.PhaseSize;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * Steady serving of equal requests. In every step each of {@code batch} sequences gets a token, and
 * {@code batch / output} of them have ended, so the prompts of as many others are computed:
 *
 * <pre>
 *   batch = min(concurrency, (0.9 · memory − weights) / (KV bytes of prompt + output / 2))
 *   n     = prompts of a step that are computed together, at least 1, at most 8192 tokens
 *   TPOT  = decode(batch) + step + request · batch + promptShare · batch / output / n · prefill(n)
 * </pre>
 *
 * <p>Decode and prefill are the simulator's. 0.9 is the default of the engines (vLLM {@code
 * gpu_memory_utilization}, TensorRT-LLM {@code kv_cache_free_gpu_mem_fraction}).
 */
public final class ServingWork {
  private static final double MEMORY_SHARE = 0.9;

  /** Sequences that engines take when nothing else limits them: trtllm-bench's default. */
  private static final int MOST_SEQUENCES = 2048;

  /** Tokens of prompts that a step takes: the default of vLLM and TensorRT-LLM. */
  private static final int CHUNK_TOKENS = 8192;

  private final HardwareSystem system;
  private final LlmArchitecture model;
  private final DecodeWorkload step;
  private final PrefillWorkload prompts;
  private final int batch;
  private final double prefillsPerStep;
  private final PhaseWork decode;
  private final PhaseWork prefill;

  private ServingWork(
      HardwareSystem system,
      LlmArchitecture model,
      DataFormat weights,
      DataFormat kv,
      OptionalInt concurrency,
      int promptTokens,
      int outputTokens) {
    this.system = system;
    this.model = model;
    DataFormat arithmetic = weights == DataFormat.FP8 ? DataFormat.FP8 : DataFormat.F16;
    Formats formats = new Formats(weights, kv, arithmetic);
    long context = promptTokens + outputTokens / 2;
    double fitting = fitting(system, model, weights, kv, context);
    batch = (int) Math.max(1, Math.min(concurrency.orElse(MOST_SEQUENCES), fitting));
    double promptsPerStep = (double) batch / outputTokens;
    int together = together(promptsPerStep, promptTokens);
    prefillsPerStep = promptsPerStep / together;
    step = new DecodeWorkload(batch, context, formats, new KvSelection.Dense());
    prompts = new PrefillWorkload(together, promptTokens, formats);
    decode = PhaseWork.of(system, model, step);
    prefill = PhaseWork.of(system, model, prompts);
  }

  /** Prompts that are computed in one go: those of a step, as far as a chunk has room. */
  private static int together(double promptsPerStep, int promptTokens) {
    long room = Math.max(1, CHUNK_TOKENS / promptTokens);
    return (int) Math.clamp(Math.round(promptsPerStep), 1, room);
  }

  private static double fitting(
      HardwareSystem system,
      LlmArchitecture model,
      DataFormat weights,
      DataFormat kv,
      long context) {
    double memory =
        MEMORY_SHARE * system.device().memory().capacityBytes().value() * system.count();
    double room = memory - CapacityLedger.weightBytes(model, weights);
    return room / ((double) KvFootprint.bytesPerToken(model, kv) * context);
  }

  /**
   * The work of a published row on the catalogue's devices.
   *
   * @throws dev.membound.model.catalogue.CatalogueException for an unknown device or model
   */
  public static ServingWork of(ServingLatency row) {
    return new ServingWork(
        HardwareSystem.of(DeviceCatalogue.find(row.device()), row.devices()),
        LlmCatalogue.find(row.model()),
        row.weights(),
        row.kv(),
        OptionalInt.of(row.concurrency()),
        row.promptTokens(),
        row.outputTokens());
  }

  /** The work of one copy of the model of a published row. */
  public static ServingWork of(ServingThroughput row) {
    return new ServingWork(
        HardwareSystem.of(DeviceCatalogue.find(row.device()), row.devices()),
        LlmCatalogue.find(row.model()),
        row.weights(),
        row.kv(),
        row.concurrency(),
        row.promptTokens(),
        row.outputTokens());
  }

  /** Sequences in a step. */
  public int batch() {
    return batch;
  }

  /** Operators of a decode step, each layer's counted. */
  int operators() {
    return decode.executions();
  }

  /**
   * Dynamic energy of a step in one world, all prompts computed. Routed experts fall short of the
   * efficiency of dense products because tiles are padded: what is computed in vain is paid for.
   *
   * @param expertShare share of that efficiency that they reach
   */
  StepEnergy energy(EnergyFacts facts, Draw draw, double expertShare) {
    EnergyModel energy = EnergyModel.of(system, facts, draw);
    List<Phase> phases = List.of(phase(step, 1), phase(prompts, prefillsPerStep));
    List<PhaseEnergy> all = phases.stream().map(p -> p.energy(energy, system, s -> true)).toList();
    List<PhaseEnergy> experts =
        phases.stream()
            .map(p -> p.energy(energy, system, s -> PhaseWork.EXPERTS.contains(s.name())))
            .toList();
    double[] account = energy.newAccount();
    double[] ofExperts = energy.newAccount();
    for (int i = 0; i < phases.size(); i++) {
      all.get(i).add(phases.get(i).size(), phases.get(i).times(), account);
      experts.get(i).add(phases.get(i).size(), phases.get(i).times(), ofExperts);
    }
    energy.addArithmetic(ofExperts, 1 / expertShare - 1, account);
    return new StepEnergy(energy, account);
  }

  private Phase phase(InferenceWorkload workload, double times) {
    Sharding sharding = system.sharding();
    return new Phase(
        workload.shapes(model, sharding),
        workload.size(sharding),
        times * sharding.workShare(workload.batch()));
  }

  /** A phase with how often a step has it. */
  private record Phase(List<OperatorShape> shapes, PhaseSize size, double times) {

    PhaseEnergy energy(EnergyModel model, HardwareSystem system, Predicate<OperatorShape> which) {
      return model.phase(shapes.stream().filter(which).toList(), EngineSites.main(system));
    }
  }

  /** Time an output token. */
  public double secondsPerToken(HardwareParameters hardware, EngineParameters engine) {
    return decode.seconds(hardware)
        + engine.stepSeconds()
        + engine.requestSeconds() * batch
        + engine.promptShare() * prefillsPerStep * prefill.seconds(hardware);
  }
}
