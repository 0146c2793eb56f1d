package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.KvSelection;
import dev.membound.model.workload.OperatorShape;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.PhaseSize;
import dev.membound.model.workload.Sharding;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decode steps of one model on one system, planned once and asked at any batch and context: for
 * searches over millions of points. The answer is that of {@link Simulator#bestSeconds}, bit for
 * bit, without capacity ledger, breakdown and interval. What the context does not change, all but
 * attention, is computed once for each batch below 1024. Threads may share a plan.
 *
 * <p>Systems whose operators may run on several engines, or whose KV cache lies on modules, are
 * answered by the simulator itself, because the choice depends on the size.
 */
public final class DecodePlan {
  private static final int REMEMBERED_BATCHES = 1024;

  private static final double UNKNOWN = -1;

  private final HardwareSystem system;
  private final LlmArchitecture model;
  private final Formats formats;
  private final KvSelection selection;
  private final PlannedOperator[] operators;
  private final double modelError;
  private final double[] nothingKnown;

  /** By batch, filled as batches are asked for; an array is never changed once it is in. */
  private final AtomicReferenceArray<double[]> secondsByBatch =
      new AtomicReferenceArray<>(REMEMBERED_BATCHES);

  private DecodePlan(
      HardwareSystem system,
      LlmArchitecture model,
      Formats formats,
      KvSelection selection,
      PlannedOperator[] operators) {
    this.system = system;
    this.model = model;
    this.formats = formats;
    this.selection = selection;
    this.operators = operators;
    modelError = Draw.best().of(system.device().modelError());
    nothingKnown = new double[operators.length];
    Arrays.fill(nothingKnown, UNKNOWN);
  }

  /**
   * Plans the steps of {@code model} on {@code system}.
   *
   * @throws IllegalArgumentException when the system cannot run it at all
   */
  public static DecodePlan of(
      HardwareSystem system, LlmArchitecture model, Formats formats, KvSelection selection) {
    DecodeWorkload smallest = new DecodeWorkload(1, 0, formats, selection);
    // What cannot run is refused here, not at the first size.
    Simulator.bestSeconds(system, model, smallest);
    PlannedOperator[] operators = {};
    if (fixed(system)) {
      ComputeEngine engine = system.device().mainEngine();
      List<OperatorShape> shapes = smallest.shapes(model, system.sharding());
      operators =
          shapes.stream()
              .map(shape -> PlannedOperator.of(shape, system.device(), engine))
              .toArray(PlannedOperator[]::new);
    }
    return new DecodePlan(system, model, formats, selection, operators);
  }

  /** Whether every operator runs on the same engine at every size. */
  private static boolean fixed(HardwareSystem system) {
    DeviceProfile device = system.device();
    return system.kvModule().isEmpty()
        && device.engines().size() == 1
        && device.mainEngine().place() == ComputeEngine.Place.HOST;
  }

  /**
   * Time of one step of {@code batch} sequences with {@code contextTokens} in the KV cache.
   *
   * @throws IllegalArgumentException for sizes that {@link DecodeWorkload} refuses
   * @throws ArithmeticException when a count exceeds 64 bits
   */
  public double seconds(int batch, long contextTokens) {
    InferenceWorkload.check(batch, contextTokens, "context");
    if (operators.length == 0) {
      DecodeWorkload workload = new DecodeWorkload(batch, contextTokens, formats, selection);
      return Simulator.bestSeconds(system, model, workload);
    }
    Sharding sharding = system.sharding();
    PhaseSize size =
        new PhaseSize(
            Phase.DECODE,
            sharding.microbatch(batch),
            1,
            contextTokens,
            0,
            sharding.contextParallel());
    double[] known = batch < REMEMBERED_BATCHES ? remembered(batch, size) : nothingKnown;
    double sum = 0;
    for (int i = 0; i < operators.length; i++) {
      double seconds = known[i];
      sum += seconds == UNKNOWN ? operators[i].seconds(size) : seconds;
    }
    return sum * sharding.stepPasses(batch, model.layers()) * modelError;
  }

  /** Times of the operators that the context does not change, the others unknown. */
  private double[] remembered(int batch, PhaseSize size) {
    double[] remembered = secondsByBatch.get(batch);
    if (remembered == null) {
      remembered = nothingKnown.clone();
      for (int i = 0; i < remembered.length; i++) {
        if (!operators[i].growsWithContext()) {
          remembered[i] = operators[i].seconds(size);
        }
      }
      secondsByBatch.set(batch, remembered);
    }
    return remembered;
  }
}
