package dev.membound.model.run;

import dev.membound.model.quantity.Provenance;
import java.util.List;
import java.util.Map;

/** {@code simulation.json}: what the reference systems would do with the reference models. */
public record SimulationFile(int schemaVersion, String runId, List<Prediction> predictions) {

  public SimulationFile {
    Checks.text(runId, "runId");
    predictions = Checks.list(predictions, "predictions");
  }

  /**
   * One system, model and workload.
   *
   * @param device catalogue name, or {@code this-cpu}
   * @param deviceCount devices that share the model
   * @param weights, kv data formats
   * @param batch sequences decoded together
   * @param context tokens already in the KV cache
   * @param fits whether weights, KV and workspace fit
   * @param shortfallBytes what is missing when it does not fit, else 0
   * @param smallestFittingCount fewest of these devices that hold it; 0 when no number does
   * @param kvSelection {@code dense}, or how a step selects what it attends to
   * @param decodeStepSeconds one decode step of the whole batch (TPOT); this and the next two are
   *     null, and {@code operators} empty, when it does not fit
   * @param decodeTokensPerSecond batch / step
   * @param prefillSeconds of {@code context} tokens for the whole batch (TTFT)
   * @param operators breakdown of the decode step
   * @param capacity the ledger, bytes by component: {@code weights}, {@code kv}, {@code
   *     activations}, {@code workspace}
   * @param capacityBytes what the system offers
   * @param provenance weakest first: what stands behind the prediction, by share of the parameters
   *     used
   * @param warnings where the prediction leaves the range that stands behind it
   */
  public record Prediction(
      String device,
      int deviceCount,
      String model,
      String weights,
      String kv,
      int batch,
      long context,
      boolean fits,
      long shortfallBytes,
      int smallestFittingCount,
      String kvSelection,
      Interval decodeStepSeconds,
      Interval decodeTokensPerSecond,
      Interval prefillSeconds,
      List<OperatorShare> operators,
      Map<String, Long> capacity,
      long capacityBytes,
      List<Provenance> provenance,
      List<String> warnings) {

    public Prediction {
      Checks.text(device, "device");
      Checks.positive(deviceCount, "deviceCount");
      Checks.text(model, "model");
      Checks.text(weights, "weights");
      Checks.text(kv, "kv");
      Checks.positive(batch, "batch");
      Checks.count(context, "context");
      Checks.count(shortfallBytes, "shortfallBytes");
      Checks.count(smallestFittingCount, "smallestFittingCount");
      Checks.text(kvSelection, "kvSelection");
      operators = Checks.list(operators, "operators");
      if (fits) {
        Checks.present(decodeStepSeconds, "decodeStepSeconds of a system that fits");
        Checks.present(decodeTokensPerSecond, "decodeTokensPerSecond of a system that fits");
      }
      capacity = Checks.map(capacity, "capacity");
      capacity.forEach((component, bytes) -> Checks.count(bytes, "capacity." + component));
      Checks.count(capacityBytes, "capacityBytes");
      provenance = Checks.list(provenance, "provenance");
      warnings = Checks.list(warnings, "warnings");
    }
  }

  /**
   * One operator of a decode step, all layers together.
   *
   * @param bottleneck {@code memory}, {@code compute}, {@code link} or {@code startup}
   * @param engine the engine or tier that ran it
   */
  public record OperatorShare(
      String operator, String engine, double seconds, long bytes, long flops, String bottleneck) {

    public OperatorShare {
      Checks.text(operator, "operator");
      Checks.text(engine, "engine");
      Checks.finite(seconds, "seconds");
      Checks.count(bytes, "bytes");
      Checks.count(flops, "flops");
      Checks.text(bottleneck, "bottleneck");
    }
  }
}
