package dev.membound.model.simulate;

import dev.membound.model.device.CpuDevice;
import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.SimulationFile;
import dev.membound.model.run.SimulationFile.OperatorShare;
import dev.membound.model.run.SimulationFile.Prediction;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.PrefillWorkload;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The systems that every run predicts: the CPU that was measured beside an HBM GPU, a CXL-PNM
 * module with and without top-K selection, and a PIM stack. A model that does not fit says so, and
 * is predicted on the smallest number of devices that holds it.
 */
public final class ReferenceSystems {
  private static final KvSelection DENSE = new KvSelection.Dense();

  /** Quest's page and the budget at which it keeps accuracy on long contexts, arXiv 2406.10774. */
  private static final KvSelection TOP_K = new KvSelection.QuestTopK(16, 2048);

  private static final int SHORT_CONTEXT = 8192;
  private static final int LONG_CONTEXT = 130_048;

  private final Simulator simulator;
  private final DeviceProfile cpu;
  private final Map<Kernel, Quantity> overlap;
  private final List<Prediction> predictions = new ArrayList<>();

  private ReferenceSystems(ProfileFile profile, Simulator simulator) {
    this.simulator = simulator;
    cpu = CpuDevice.from(profile);
    overlap = CpuDevice.overlapExponents(profile);
  }

  /**
   * Predictions for the reference systems.
   *
   * @param profile of the CPU that was measured; its overlap exponents also stand behind the other
   *     devices, which publish none
   */
  public static SimulationFile predict(ProfileFile profile, Simulator simulator) {
    ReferenceSystems systems = new ReferenceSystems(profile, simulator);
    systems.predictAll();
    return new SimulationFile(
        RunFolder.SCHEMA_VERSION, profile.runId(), List.copyOf(systems.predictions));
  }

  private void predictAll() {
    LlmArchitecture tiny = LlmCatalogue.find("tiny");
    LlmArchitecture small = LlmCatalogue.find("llama-3.1-8b");
    LlmArchitecture large = LlmCatalogue.find("llama-3.1-70b");
    List<DataFormat> quantised = List.of(DataFormat.Q4_0, DataFormat.Q8_0);
    onCpu(tiny, List.of(DataFormat.Q4_0, DataFormat.Q8_0, DataFormat.F16), 1, 4096);
    onCpu(small, List.of(DataFormat.Q4_0, DataFormat.Q8_0, DataFormat.F16), 1, SHORT_CONTEXT);
    onCpu(small, quantised, 4, SHORT_CONTEXT);
    onCpu(large, List.of(DataFormat.Q4_0), 1, SHORT_CONTEXT);

    DeviceProfile gpu = DeviceCatalogue.find("h100-sxm").withOverlap(overlap);
    DeviceProfile pnm = DeviceCatalogue.find("cxl-pnm").withOverlap(overlap);
    DeviceProfile pim = DeviceCatalogue.find("hbm-pim").withOverlap(overlap);
    for (DeviceProfile device : List.of(gpu, pnm, pim)) {
      for (int batch : List.of(1, 32)) {
        onDevice(device, small, DataFormat.F16, batch, SHORT_CONTEXT, DENSE);
        onDevice(device, large, DataFormat.F16, batch, SHORT_CONTEXT, DENSE);
      }
      onDevice(device, small, DataFormat.F16, 1, LONG_CONTEXT, DENSE);
      onDevice(device, large, DataFormat.F16, 1, LONG_CONTEXT, DENSE);
    }
    onDevice(gpu, small, DataFormat.Q8_0, 1, SHORT_CONTEXT, DENSE);
    onDevice(gpu, small, DataFormat.Q4_0, 1, SHORT_CONTEXT, DENSE);
    for (int batch : List.of(1, 8)) {
      onDevice(pnm, small, DataFormat.F16, batch, LONG_CONTEXT, TOP_K);
      onDevice(pnm, large, DataFormat.F16, batch, LONG_CONTEXT, TOP_K);
      withModule(gpu, pnm, large, batch, DENSE);
      withModule(gpu, pnm, large, batch, TOP_K);
    }
  }

  private void onCpu(
      LlmArchitecture model, List<DataFormat> weightFormats, int batch, int context) {
    for (DataFormat weights : weightFormats) {
      for (DataFormat kv : List.of(DataFormat.F16, DataFormat.BF16, DataFormat.F32)) {
        boolean runs =
            cpu.mainEngine().runs(Kernel.GEMV, weights)
                && cpu.mainEngine().runs(Kernel.ATTENTION, kv);
        if (runs) {
          Formats formats = new Formats(weights, kv, DataFormat.F32);
          predict(HardwareSystem.of(cpu, 1), model, formats, batch, context, DENSE);
          break;
        }
      }
    }
  }

  private void onDevice(
      DeviceProfile device,
      LlmArchitecture model,
      DataFormat weights,
      int batch,
      int context,
      KvSelection selection) {
    Formats formats = new Formats(weights, DataFormat.F16, DataFormat.F16);
    HardwareSystem one = HardwareSystem.of(device, 1);
    Prediction prediction = predict(one, model, formats, batch, context, selection);
    if (!prediction.fits() && prediction.smallestFittingCount() > 1) {
      DecodeWorkload workload = new DecodeWorkload(batch, context, formats, selection);
      predict(enough(one, model, workload), model, formats, batch, context, selection);
    }
  }

  /**
   * The fewest devices that hold the model and share each layer, in powers of two, since stages of
   * a pipeline would not shorten a step; the fewest of any kind where no such sharing holds it.
   */
  private static HardwareSystem enough(
      HardwareSystem one, LlmArchitecture model, DecodeWorkload workload) {
    Sharding fewest =
        CapacityLedger.of(one, model, workload).pools().getFirst().smallest().orElseThrow();
    int tensor = Integer.highestOneBit(2 * fewest.devices() - 1);
    if (tensor <= model.queryHeads()) {
      HardwareSystem shared = HardwareSystem.of(one.device(), tensor);
      if (CapacityLedger.of(shared, model, workload).fits()) {
        return shared;
      }
    }
    return HardwareSystem.of(one.device(), fewest);
  }

  /** As many GPUs as the weights need, the KV cache on one module. */
  private void withModule(
      DeviceProfile gpu,
      DeviceProfile pnm,
      LlmArchitecture model,
      int batch,
      KvSelection selection) {
    Formats formats = new Formats(DataFormat.F16, DataFormat.F16, DataFormat.F16);
    DecodeWorkload workload = new DecodeWorkload(batch, LONG_CONTEXT, formats, selection);
    CapacityLedger ledger =
        CapacityLedger.of(HardwareSystem.of(gpu, 1).withKvModules(pnm, 1), model, workload);
    HardwareSystem system =
        HardwareSystem.of(gpu, ledger.pools().get(0).smallestCount())
            .withKvModules(pnm, ledger.pools().get(1).smallestCount());
    predict(system, model, formats, batch, LONG_CONTEXT, selection);
  }

  private Prediction predict(
      HardwareSystem system,
      LlmArchitecture model,
      Formats formats,
      int batch,
      int context,
      KvSelection selection) {
    Prediction prediction =
        predict(simulator, system, model, new DecodeWorkload(batch, context, formats, selection));
    predictions.add(prediction);
    return prediction;
  }

  /**
   * Decode and prefill of one workload on one system, as {@code simulation.json} keeps it.
   *
   * @throws IllegalArgumentException when the system cannot run it at all
   */
  public static Prediction predict(
      Simulator simulator, HardwareSystem system, LlmArchitecture model, DecodeWorkload workload) {
    Estimate decode = simulator.estimate(system, model, workload);
    Estimate prefill = null;
    if (workload.contextTokens() > 0) {
      prefill =
          simulator.estimate(
              system,
              model,
              new PrefillWorkload(workload.batch(), workload.contextTokens(), workload.formats()));
    }
    CapacityLedger ledger = decode.ledger();
    boolean fits = ledger.fits();
    List<String> warnings = new ArrayList<>(decode.warnings());
    if (prefill != null && fits) {
      addPrefillWarnings(prefill, warnings);
    }
    return new Prediction(
        system.name(),
        system.count(),
        model.name(),
        workload.formats().weights().name(),
        workload.formats().kv().name(),
        workload.batch(),
        workload.contextTokens(),
        fits,
        ledger.shortfallBytes(),
        ledger.pools().getFirst().smallestCount(),
        workload.selection().toString(),
        fits ? decode.seconds() : null,
        fits ? decode.tokensPerSecond() : null,
        fits && prefill != null ? prefill.seconds() : null,
        fits ? decode.operators().stream().map(ReferenceSystems::share).toList() : List.of(),
        ledger.bytesByComponent(),
        ledger.capacityBytes(),
        decode.provenance(),
        warnings);
  }

  /** A prompt whose activations do not fit can still be computed in chunks. */
  private static void addPrefillWarnings(Estimate prefill, List<String> warnings) {
    List<String> problems = prefill.ledger().problems();
    for (String warning : prefill.warnings()) {
      if (problems.contains(warning)) {
        warnings.add("the whole prompt in one piece " + warning + "; it has to be chunked");
      } else if (!warnings.contains(warning)) {
        warnings.add(warning);
      }
    }
  }

  private static OperatorShare share(OperatorEstimate operator) {
    return new OperatorShare(
        operator.operator(),
        operator.engine(),
        operator.seconds(),
        operator.bytes(),
        operator.flops(),
        operator.bottleneck().key());
  }
}
