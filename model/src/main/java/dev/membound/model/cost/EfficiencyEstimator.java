package dev.membound.model.cost;

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
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.statistics.Quantiles;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Energy, cost and carbon of a system that serves a workload, with intervals: time from the
 * simulator, everything else drawn from its facts, with a fixed seed.
 */
public final class EfficiencyEstimator {
  private final Simulator simulator;
  private final Economics economics;
  private final long seed;
  private final int draws;

  /** With the simulator's usual seed and draws. */
  public EfficiencyEstimator(Economics economics) {
    this(economics, Simulator.DEFAULT_SEED, Simulator.DEFAULT_DRAWS);
  }

  /**
   * With a seed of one's own.
   *
   * @param draws at least 1
   */
  public EfficiencyEstimator(Economics economics, long seed, int draws) {
    simulator = new Simulator(seed, draws);
    this.economics = economics;
    this.seed = seed;
    this.draws = draws;
  }

  /** Under the board power of the devices. */
  public Efficiency estimate(HardwareSystem system, LlmArchitecture model, Serving serving) {
    return estimate(system, model, serving, OptionalDouble.empty());
  }

  /**
   * Under a power cap.
   *
   * @param capWatts of one device; its board power where empty
   * @throws IllegalArgumentException when the system cannot run it at all, a device gives no board
   *     power, or the cap leaves nothing to work with
   */
  public Efficiency estimate(
      HardwareSystem system, LlmArchitecture model, Serving serving, OptionalDouble capWatts) {
    Set<Provenance> provenance = EnumSet.noneOf(Provenance.class);
    Draw recording =
        quantity -> {
          provenance.add(quantity.provenance());
          return quantity.value();
        };
    double boardWatts = EnergyFacts.boardWatts(system.device(), recording);
    double cap = system.count() * capWatts.orElse(boardWatts);
    Run run = new Run(system, model, serving, economics.energy());
    World best = run.world(recording);
    PowerCap.State state = PowerCap.fastest(cap, best.energy(), best.account(), run::seconds);
    List<Estimate> parts = run.estimates(simulator, state.clock());
    parts.forEach(part -> provenance.addAll(part.provenance()));
    Quantity clocked = seconds(serving, parts);
    SystemCost cost = SystemCost.of(system, economics, recording);
    double seconds =
        PowerCap.seconds(cap, best.energy(), best.account(), state.clock(), clocked.value());

    double[][] samples = new double[draws][];
    for (int i = 0; i < draws; i++) {
      Draw draw = Draw.sample(seed, i);
      World world = run.world(draw);
      double longer =
          PowerCap.seconds(
              Math.max(cap, world.energy().deviceIdleWatts() * (1 + PowerCap.CLOCK_STEP)),
              world.energy(),
              world.account(),
              state.clock(),
              draw.of(clocked));
      samples[i] =
          metrics(run, world, state.clock(), longer, SystemCost.of(system, economics, draw));
    }
    double[] values = metrics(run, best, state.clock(), seconds, cost);
    Map<Metric, Interval> metrics = new EnumMap<>(Metric.class);
    for (Metric metric : Metric.values()) {
      metrics.put(metric, interval(metric, values, samples));
    }
    double idle = seconds * cost.idlePerBusySecond();
    double wall = best.energy().wallJoules(best.account(), state.clock(), seconds);
    double joules = wall + best.energy().idleWallWatts() * idle;
    return new Efficiency(
        metrics,
        state.clock(),
        best.energy().breakdown(best.account(), state.clock(), seconds),
        cost.dollars(seconds + idle, joules),
        cost.carbon(seconds + idle, joules),
        CapacityLedger.of(system, model, serving.decode()),
        provenance.stream().sorted(Comparator.reverseOrder()).toList(),
        notes(system, state, parts));
  }

  /** Energy of a world and what a step takes of it. */
  private record World(EnergyModel energy, double[] account) {}

  /** A workload on a system: its time by clock and its energy by world. */
  private static final class Run {
    private final HardwareSystem system;
    private final LlmArchitecture model;
    private final Serving serving;
    private final EnergyFacts facts;
    private final List<EngineSites> sites = new ArrayList<>();
    private final double[] secondsByState;

    Run(HardwareSystem system, LlmArchitecture model, Serving serving, EnergyFacts facts) {
      this.system = system;
      this.model = model;
      this.serving = serving;
      this.facts = facts;
      Simulator once = new Simulator(Simulator.DEFAULT_SEED, 1);
      for (Serving.Part part : serving.parts()) {
        sites.add(
            EngineSites.of(system, once.estimate(system, model, part.workload()).operators()));
      }
      secondsByState = new double[PowerCap.states(facts)];
    }

    double seconds(int state) {
      if (secondsByState[state] == 0) {
        HardwareSystem clocked = atClock(PowerCap.clock(state));
        for (Serving.Part part : serving.parts()) {
          secondsByState[state] +=
              part.times() * Simulator.bestSeconds(clocked, model, part.workload());
        }
      }
      return secondsByState[state];
    }

    List<Estimate> estimates(Simulator simulator, double clock) {
      HardwareSystem clocked = atClock(clock);
      return serving.parts().stream()
          .map(part -> simulator.estimate(clocked, model, part.workload()))
          .toList();
    }

    private HardwareSystem atClock(double clock) {
      return new HardwareSystem(
          system.device().atClock(clock), system.sharding(), system.kvModule());
    }

    World world(Draw draw) {
      EnergyModel energy = EnergyModel.of(system, facts, draw);
      List<PhaseEnergy> phases = new ArrayList<>();
      List<Serving.Part> parts = serving.parts();
      for (int i = 0; i < parts.size(); i++) {
        InferenceWorkload workload = parts.get(i).workload();
        phases.add(energy.phase(workload.shapes(model, sharding(workload)), sites.get(i)));
      }
      double[] account = energy.newAccount();
      for (int i = 0; i < parts.size(); i++) {
        InferenceWorkload workload = parts.get(i).workload();
        Sharding sharding = sharding(workload);
        double times = parts.get(i).times() * sharding.workShare(workload.batch());
        phases.get(i).add(workload.size(sharding), times, account);
      }
      return new World(energy, account);
    }

    /** As the simulator shares a model: prompts are computed on the devices. */
    private Sharding sharding(InferenceWorkload workload) {
      return workload.phase() == Phase.PREFILL
          ? system.sharding().withKvModules(0)
          : system.sharding();
    }
  }

  private static double[] metrics(
      Run run, World world, double clock, double seconds, SystemCost cost) {
    EnergyModel energy = world.energy();
    double devices =
        energy.deviceJoules(world.account(), clock) + energy.deviceIdleWatts() * seconds;
    return Metric.ofStep(
        run.serving.tokens(),
        run.system.count(),
        seconds,
        devices,
        energy.wallJoules(world.account(), clock, seconds),
        energy.idleWallWatts(),
        cost);
  }

  /** Time of all parts; their errors are taken to go together. */
  private static Quantity seconds(Serving serving, List<Estimate> estimates) {
    double value = 0;
    double low = 0;
    double high = 0;
    for (int i = 0; i < estimates.size(); i++) {
      double times = serving.parts().get(i).times();
      value += times * estimates.get(i).seconds().median();
      low += times * estimates.get(i).seconds().low();
      high += times * estimates.get(i).seconds().high();
    }
    return new Quantity(value, "s", low, high, Provenance.ASSUMED, "the time law");
  }

  private static Interval interval(Metric metric, double[] best, double[][] samples) {
    double[] sorted = new double[samples.length];
    for (int i = 0; i < samples.length; i++) {
      sorted[i] = samples[i][metric.ordinal()];
    }
    Arrays.sort(sorted);
    double value = best[metric.ordinal()];
    return new Interval(
        value,
        Math.min(value, Quantiles.ofSorted(sorted, 0.05)),
        Math.max(value, Quantiles.ofSorted(sorted, 0.95)));
  }

  private List<String> notes(HardwareSystem system, PowerCap.State state, List<Estimate> parts) {
    List<String> notes = new ArrayList<>();
    for (Estimate part : parts) {
      // What does not fit is the ledger's to say; a prompt can be computed in pieces.
      List<String> problems = part.ledger().problems();
      part.warnings().stream().filter(w -> !problems.contains(w)).forEach(notes::add);
    }
    if (state.clock() < 1) {
      notes.add(
          "the power cap leaves "
              + Math.round(100 * state.clock())
              + " % of the clock for arithmetic");
    }
    Optional<DeviceProfile> module = system.kvModule();
    int year = economics.deployment().year();
    Stream.concat(Stream.of(system.device()), module.stream())
        .filter(economics.manufacturing()::buildsUp)
        .forEach(
            device -> {
              notes.add(
                  "no published price or footprint of "
                      + device.name()
                      + ": built up from die, memory and board");
              MemoryTechnology technology = MemoryTechnology.of(device.memory());
              if (!MemoryPrice.of(technology).covers(year)) {
                notes.add(
                    "the price of "
                        + technology
                        + " in "
                        + year
                        + " is continued beyond published years");
              }
            });
    return notes.stream().distinct().toList();
  }
}
