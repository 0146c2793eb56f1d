package dev.membound.model.explore;

import dev.membound.model.cost.Metric;
import dev.membound.model.cost.SystemCost;
import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.energy.EnergyFacts;
import dev.membound.model.energy.EnergyModel;
import dev.membound.model.energy.EngineSites;
import dev.membound.model.energy.PhaseEnergy;
import dev.membound.model.energy.PowerCap;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.DecodePlan;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Designs that share model, device, parallelism and formats: planned once, evaluated at any batch,
 * context, cap and number of replicas. Best estimates, equal to those of {@code
 * EfficiencyEstimator}. For one thread.
 */
final class DesignGroup {
  private static final KvSelection DENSE = new KvSelection.Dense();

  private final LlmArchitecture model;
  private final HardwareSystem system;
  private final Formats formats;
  private final EnergyFacts facts;
  private final List<Integer> batches;
  private final SystemCost cost;
  private final boolean fixedEngine;
  private final DecodePlan[] planByState;
  private final Map<Long, Integer> mostFittingByContext = new HashMap<>();
  private EnergyModel energy;
  private PhaseEnergy phase;

  /**
   * Plans the group of a design.
   *
   * @throws IllegalArgumentException when the system cannot run the model at all
   */
  DesignGroup(Sweep sweep, Design design) {
    model = design.model();
    system = design.system();
    formats = Design.formats(design.weights(), design.kv());
    facts = sweep.economics().energy();
    batches = sweep.batches();
    cost = SystemCost.of(system, sweep.economics(), Draw.best());
    fixedEngine =
        system.device().engines().size() == 1
            && system.device().mainEngine().place() == ComputeEngine.Place.HOST;
    planByState = new DecodePlan[PowerCap.states(facts)];
    planByState[0] = DecodePlan.of(system, model, formats, DENSE);
    if (fixedEngine) {
      planEnergy(workload(1, 0), EngineSites.main(system));
    }
  }

  private DecodeWorkload workload(int batch, long context) {
    return new DecodeWorkload(batch, context, formats, DENSE);
  }

  private void planEnergy(DecodeWorkload workload, EngineSites sites) {
    energy = EnergyModel.of(system, facts, Draw.best());
    phase = energy.phase(workload.shapes(model, system.sharding()), sites);
  }

  /** Whether a replica holds a design. */
  boolean fits(int batch, long context) {
    int most = mostFittingByContext.computeIfAbsent(context, this::mostFittingBatch);
    return batch <= most;
  }

  /** Bytes grow with the batch, so the largest that fits decides for all. */
  private int mostFittingBatch(long context) {
    int low = 0;
    int high = batches.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (holds(workload(batches.get(middle), context))) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == 0 ? 0 : batches.get(low - 1);
  }

  private boolean holds(DecodeWorkload workload) {
    try {
      return CapacityLedger.of(system, model, workload).fits();
    } catch (ArithmeticException e) { // more bytes than 64 bits count
      return false;
    }
  }

  /**
   * Metrics by {@link Metric#ordinal()}.
   *
   * @throws IllegalArgumentException when the cap leaves nothing to work with, or a metric is no
   *     finite number
   */
  double[] metrics(int batch, long context, OptionalDouble capWatts, int replicas) {
    DecodeWorkload workload = workload(batch, context);
    if (!fixedEngine) {
      Simulator once = new Simulator(Simulator.DEFAULT_SEED, 1);
      planEnergy(
          workload, EngineSites.of(system, once.estimate(system, model, workload).operators()));
    }
    double[] account = energy.newAccount();
    phase.add(workload.size(system.sharding()), system.sharding().workShare(batch), account);
    double cap =
        system.count()
            * capWatts.orElseGet(() -> EnergyFacts.boardWatts(system.device(), Draw.best()));
    PowerCap.State state =
        PowerCap.fastest(cap, energy, account, i -> plan(i).seconds(batch, context));
    double devices =
        energy.deviceJoules(account, state.clock()) + energy.deviceIdleWatts() * state.seconds();
    double[] values =
        Metric.ofStep(
            batch,
            system.count(),
            state.seconds(),
            devices,
            energy.wallJoules(account, state.clock(), state.seconds()),
            energy.idleWallWatts(),
            cost);
    double[] all = replicas == 1 ? values : Metric.ofReplicas(values, replicas);
    for (Metric metric : Metric.values()) {
      if (!Double.isFinite(all[metric.ordinal()])) {
        throw new IllegalArgumentException(metric.key() + " is not finite");
      }
    }
    return all;
  }

  private DecodePlan plan(int state) {
    if (planByState[state] == null) {
      DeviceProfile clocked = system.device().atClock(PowerCap.clock(state));
      planByState[state] =
          DecodePlan.of(HardwareSystem.of(clocked, system.sharding()), model, formats, DENSE);
    }
    return planByState[state];
  }
}
