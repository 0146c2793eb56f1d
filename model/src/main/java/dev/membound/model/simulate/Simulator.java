package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.network.Link;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;

/**
 * Predicts a phase of inference on a system. Operators run one after the other, each on the fastest
 * engine that can; the interval comes from drawing every uncertain quantity with a fixed seed, so
 * equal inputs give equal predictions bit for bit, and systems are compared under common random
 * numbers.
 *
 * <p>Not captured: overlap between operators, batches in flight on different engines, queueing.
 */
public final class Simulator {
  /** Enough that the ends of a 90 % interval move by a few per cent of its width with the seed. */
  public static final int DEFAULT_DRAWS = 400;

  /** Recorded here and used unless another is asked for. */
  public static final long DEFAULT_SEED = 20_250_920;

  private final long seed;
  private final int draws;

  /** With the default seed and number of draws. */
  public Simulator() {
    this(DEFAULT_SEED, DEFAULT_DRAWS);
  }

  /**
   * With a seed of one's own.
   *
   * @param draws at least 1
   */
  public Simulator(long seed, int draws) {
    if (draws < 1) {
      throw new IllegalArgumentException("draws must be at least 1, got " + draws);
    }
    this.seed = seed;
    this.draws = draws;
  }

  /** The same simulator with other worlds, independent of this one's. */
  Simulator reseeded() {
    return new Simulator(seed + 1, draws);
  }

  /**
   * Predicts one phase.
   *
   * @throws IllegalArgumentException when the system cannot run it at all: formats that no engine
   *     streams, heads that the devices do not divide
   */
  public Estimate estimate(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    try {
      return checkedEstimate(system, model, workload);
    } catch (ArithmeticException e) {
      throw new IllegalArgumentException(
          "batch "
              + workload.batch()
              + " with "
              + workload.finalContextTokens()
              + " tokens on "
              + system.count()
              + " devices is too large: a count exceeds 64 bits",
          e);
    }
  }

  private Estimate checkedEstimate(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    CapacityLedger ledger = CapacityLedger.of(system, model, workload);
    List<Assignment> plan = plan(system, model, workload, ledger);
    Set<Provenance> provenance = EnumSet.noneOf(Provenance.class);
    Draw recording =
        quantity -> {
          provenance.add(quantity.provenance());
          return quantity.value();
        };
    double passes = workload.pipelinePasses(system.sharding(), model.layers());
    double best = seconds(plan, passes, recording) * recording.of(system.device().modelError());
    Interval seconds = sampled(system, plan, passes, best).interval();
    List<OperatorEstimate> operators =
        plan.stream().map(a -> estimate(a, passes, recording)).toList();
    double tokens = (double) workload.batch() * workload.newTokens();
    Interval rate = new Interval(tokens / best, tokens / seconds.high(), tokens / seconds.low());
    double joules = 0;
    for (Assignment a : plan) {
      int devices = devicesOf(a, system);
      joules += a.operator().repeats() * a.memoryJoules(recording) * devices;
    }
    joules *= system.sharding().workShare(workload.batch());
    return new Estimate(
        seconds,
        rate,
        joules,
        operators,
        ledger,
        provenance.stream().sorted(Comparator.reverseOrder()).toList(),
        warnings(system, model, workload, ledger, plan));
  }

  /** The best estimate of {@link #estimate} alone, without intervals. */
  public static double bestSeconds(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    CapacityLedger ledger = CapacityLedger.of(system, model, workload);
    Draw best = Draw.best();
    return seconds(
            plan(system, model, workload, ledger),
            workload.pipelinePasses(system.sharding(), model.layers()),
            best)
        * best.of(system.device().modelError());
  }

  /**
   * The time of {@link #estimate} with its drawn worlds, to be put together with others of this
   * simulator.
   */
  public SampledSeconds seconds(
      HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    List<Assignment> plan =
        plan(system, model, workload, CapacityLedger.of(system, model, workload));
    double passes = workload.pipelinePasses(system.sharding(), model.layers());
    Draw best = Draw.best();
    return sampled(
        system, plan, passes, seconds(plan, passes, best) * best.of(system.device().modelError()));
  }

  /** As {@link #seconds}, of the operators of some kernels alone. */
  SampledSeconds seconds(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      Set<Kernel> kernels) {
    List<Assignment> plan =
        plan(system, model, workload, CapacityLedger.of(system, model, workload), kernels);
    double passes = workload.pipelinePasses(system.sharding(), model.layers());
    Draw best = Draw.best();
    return sampled(
        system, plan, passes, seconds(plan, passes, best) * best.of(system.device().modelError()));
  }

  /** A time that some quantities give, in the same worlds as {@link #seconds}. */
  SampledSeconds sampled(ToDoubleFunction<Draw> seconds) {
    double[] samples = new double[draws];
    for (int i = 0; i < draws; i++) {
      samples[i] = seconds.applyAsDouble(Draw.sample(seed, i));
    }
    return new SampledSeconds(seconds.applyAsDouble(Draw.best()), samples);
  }

  private static List<Assignment> plan(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      CapacityLedger ledger) {
    return plan(system, model, workload, ledger, EnumSet.allOf(Kernel.class));
  }

  private static List<Assignment> plan(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      CapacityLedger ledger,
      Set<Kernel> kernels) {
    boolean prefill = workload.phase() == Phase.PREFILL;
    // The devices compute a prompt's attention and hand its KV to the modules.
    Sharding sharding = prefill ? system.sharding().withKvModules(0) : system.sharding();
    Draw best = Draw.best();
    List<Assignment> plan = new ArrayList<>();
    List<Operator> operators = workload.operators(model, sharding);
    List<Operator> ofModules =
        sharding == system.sharding() ? operators : workload.operators(model, system.sharding());
    for (int i = 0; i < operators.size(); i++) {
      Operator operator = operators.get(i);
      if (!kernels.contains(operator.kernel())) {
        continue;
      }
      boolean handsOn = prefill && system.kvModules() > 0 && operator.home() == Operator.Home.KV;
      long handedOnBytes = handsOn ? ofModules.get(i).cost().kvWriteBytes() : 0;
      boolean onModule = operator.home() == Operator.Home.KV && sharding.kvModules() > 0;
      DeviceProfile device = onModule ? system.kvModule().orElseThrow() : system.device();
      CapacityLedger.Pool pool = onModule ? ledger.pools().getLast() : ledger.pools().getFirst();
      double heldBytes = (double) pool.bytes() / pool.count();
      plan.add(fastest(system, operator, device, heldBytes, handedOnBytes, best));
    }
    return plan;
  }

  private static Assignment fastest(
      HardwareSystem system,
      Operator operator,
      DeviceProfile device,
      double heldBytes,
      long handedOnBytes,
      Draw best) {
    ComputeEngine home = system.device().mainEngine();
    Station hostOfDevice = new Station(device, device.mainEngine(), device.mainEngine() != home);
    if (operator.kernel().collective()) {
      return new Assignment(system, operator, hostOfDevice, hostOfDevice, 1, 0);
    }
    Assignment fastest = null;
    double fastestSeconds = Double.POSITIVE_INFINITY;
    for (ComputeEngine engine : device.engines()) {
      Station station = new Station(device, engine, engine != home);
      if (!station.runs(operator)) {
        continue;
      }
      double reach = station.reach(heldBytes, best);
      if (reach < 1 && !hostOfDevice.runs(operator)) {
        continue;
      }
      Assignment assignment =
          new Assignment(system, operator, station, hostOfDevice, reach, handedOnBytes);
      double seconds = assignment.time(best).totalSeconds();
      if (seconds < fastestSeconds) {
        fastest = assignment;
        fastestSeconds = seconds;
      }
    }
    if (fastest == null) {
      throw new IllegalArgumentException(
          "no engine of "
              + device.name()
              + " runs "
              + operator.kernel().key()
              + " over "
              + operator.operand()
              + "; it streams "
              + device.engines().stream()
                  .flatMap(engine -> engine.operands().stream())
                  .distinct()
                  .map(Enum::name)
                  .collect(Collectors.joining(", ")));
    }
    return fastest;
  }

  private static double seconds(List<Assignment> plan, double passes, Draw draw) {
    double sum = 0;
    for (Assignment assignment : plan) {
      sum += assignment.operator().repeats() * assignment.time(draw).totalSeconds();
    }
    return sum * passes;
  }

  private SampledSeconds sampled(
      HardwareSystem system, List<Assignment> plan, double passes, double best) {
    Quantity modelError = system.device().modelError();
    double[] samples = new double[draws];
    for (int i = 0; i < draws; i++) {
      Draw draw = Draw.sample(seed, i);
      samples[i] = seconds(plan, passes, draw) * draw.of(modelError);
    }
    return new SampledSeconds(best, samples);
  }

  private static OperatorEstimate estimate(Assignment assignment, double passes, Draw draw) {
    Operator operator = assignment.operator();
    OperatorTime time = assignment.time(draw);
    long repeats = operator.repeats();
    double n = repeats * passes;
    return new OperatorEstimate(
        operator.name(),
        assignment.engine(),
        assignment.reach(),
        n * time.totalSeconds(),
        n * time.startupSeconds(),
        n * time.memorySeconds(),
        n * time.computeSeconds(),
        n * time.linkSeconds(),
        Math.multiplyExact(repeats, operator.cost().bytes()),
        Math.multiplyExact(repeats, operator.cost().flops()),
        time.bottleneck());
  }

  /** Whether two devices of a group have less of their links to themselves among all devices. */
  private static boolean sharesWires(HardwareSystem system, int group) {
    Link link = system.device().link().orElseThrow();
    Draw best = Draw.best();
    return link.network(system.count(), best).topology().pairShare()
        < link.network(group, best).topology().pairShare();
  }

  private static int devicesOf(Assignment assignment, HardwareSystem system) {
    return assignment.station().device() == system.device() ? system.count() : system.kvModules();
  }

  private static List<String> warnings(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      CapacityLedger ledger,
      List<Assignment> plan) {
    List<String> warnings = new ArrayList<>(ledger.problems());
    if (workload.finalContextTokens() > model.maxContextTokens()) {
      warnings.add(
          "context of "
              + workload.finalContextTokens()
              + " tokens is beyond the "
              + model.maxContextTokens()
              + " that "
              + model.name()
              + " was made for");
    }
    Optional<Assignment> spilling = plan.stream().filter(a -> a.reach() < 1).findFirst();
    spilling.ifPresent(
        a ->
            warnings.add(
                String.format(
                    Locale.ROOT,
                    "%s reaches %.0f %% of what %s holds; the rest goes over the host's bus",
                    a.station().engine().name(),
                    100 * a.reach(),
                    a.station().device().name())));
    plan.stream()
        .filter(a -> a.operator().kernel().collective())
        .mapToInt(a -> a.operator().participants())
        .filter(group -> sharesWires(system, group))
        .boxed()
        .max(Comparator.naturalOrder())
        .ifPresent(
            group ->
                warnings.add(
                    "groups of "
                        + group
                        + " are taken to have all links of their devices to themselves; wired with "
                        + system.count()
                        + " they have fewer, so their exchanges take longer"));
    int layers = model.layers();
    int stages = system.sharding().pipelineParallel();
    if (layers % stages != 0) {
      warnings.add(
          layers
              + " layers do not divide into "
              + stages
              + " stages: the longest, of "
              + Math.ceilDiv(layers, stages)
              + " layers, sets the pace and the memory of all");
    }
    boolean measured =
        system.device().mainEngine().peakFlops().values().stream()
            .allMatch(q -> q.provenance().compareTo(Provenance.FITTED) <= 0);
    if (measured && workload.phase() == Phase.PREFILL) {
      warnings.add("prefill is extrapolated from the GEMV kernel; no GEMM kernel was measured");
    }
    return List.copyOf(warnings);
  }
}
