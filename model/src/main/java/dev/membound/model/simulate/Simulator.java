package dev.membound.model.simulate;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.placement.CapacityLedger;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.run.Interval;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Operator;
import dev.membound.model.workload.Phase;
import dev.membound.model.workload.Sharding;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
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
              + " tokens is too large: a count exceeds 64 bits",
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
    List<OperatorEstimate> operators = plan.stream().map(a -> estimate(a, recording)).toList();
    double best = seconds(plan, recording) * recording.of(system.device().modelError());
    Interval seconds = interval(best, sampled(plan, system.device().modelError()));
    double tokens = (double) workload.batch() * workload.newTokens();
    Interval rate = new Interval(tokens / best, tokens / seconds.high(), tokens / seconds.low());
    double joules = 0;
    for (Assignment a : plan) {
      int devices = devicesOf(a, system);
      joules += a.operator().repeats() * a.memoryJoules(recording) * devices;
    }
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
    return seconds(plan(system, model, workload, ledger), best)
        * best.of(system.device().modelError());
  }

  private static List<Assignment> plan(
      HardwareSystem system,
      LlmArchitecture model,
      InferenceWorkload workload,
      CapacityLedger ledger) {
    boolean prefill = workload.phase() == Phase.PREFILL;
    // The devices compute a prompt's attention and hand its KV to the modules.
    Sharding sharding = prefill ? new Sharding(system.count(), 0) : system.sharding();
    Draw best = Draw.best();
    List<Assignment> plan = new ArrayList<>();
    for (Operator operator : workload.operators(model, sharding)) {
      boolean onModule = operator.home() == Operator.Home.KV && sharding.kvModules() > 0;
      DeviceProfile device = onModule ? system.kvModule().orElseThrow() : system.device();
      CapacityLedger.Pool pool = ledger.pools().get(onModule ? 1 : 0);
      double heldBytes = (double) pool.bytes() / pool.count();
      plan.add(fastest(system, workload.phase(), operator, device, heldBytes, best));
    }
    return plan;
  }

  private static Assignment fastest(
      HardwareSystem system,
      Phase phase,
      Operator operator,
      DeviceProfile device,
      double heldBytes,
      Draw best) {
    ComputeEngine home = system.device().mainEngine();
    Station hostOfDevice = new Station(device, device.mainEngine(), device.mainEngine() != home);
    if (operator.kernel().collective()) {
      return new Assignment(system, phase, operator, hostOfDevice, hostOfDevice, 1);
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
      Assignment assignment = new Assignment(system, phase, operator, station, hostOfDevice, reach);
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

  private static double seconds(List<Assignment> plan, Draw draw) {
    double sum = 0;
    for (Assignment assignment : plan) {
      sum += assignment.operator().repeats() * assignment.time(draw).totalSeconds();
    }
    return sum;
  }

  private double[] sampled(List<Assignment> plan, Quantity modelError) {
    double[] samples = new double[draws];
    for (int i = 0; i < draws; i++) {
      Draw draw = Draw.sample(seed, i);
      samples[i] = seconds(plan, draw) * draw.of(modelError);
    }
    Arrays.sort(samples);
    return samples;
  }

  /** 5 % and 95 % quantiles, widened to hold the best estimate. */
  private static Interval interval(double best, double[] sorted) {
    double low = quantile(sorted, 0.05);
    double high = quantile(sorted, 0.95);
    return new Interval(best, Math.min(low, best), Math.max(high, best));
  }

  private static double quantile(double[] sorted, double share) {
    double position = share * (sorted.length - 1);
    int below = (int) position;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
  }

  private static OperatorEstimate estimate(Assignment assignment, Draw draw) {
    Operator operator = assignment.operator();
    OperatorTime time = assignment.time(draw);
    long n = operator.repeats();
    return new OperatorEstimate(
        operator.name(),
        assignment.engine(),
        n * time.totalSeconds(),
        n * time.startupSeconds(),
        n * time.memorySeconds(),
        n * time.computeSeconds(),
        n * time.linkSeconds(),
        Math.multiplyExact(n, operator.cost().bytes()),
        Math.multiplyExact(n, operator.cost().flops()),
        time.bottleneck());
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
    boolean measured =
        system.device().mainEngine().peakFlops().values().stream()
            .allMatch(q -> q.provenance().compareTo(Provenance.FITTED) <= 0);
    if (measured && workload.phase() == Phase.PREFILL) {
      warnings.add("prefill is extrapolated from the GEMV kernel; no GEMM kernel was measured");
    }
    return List.copyOf(warnings);
  }
}
