package dev.membound.model.published.fit;

import dev.membound.model.device.ComputeEngine;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.network.Link;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Draw;
import dev.membound.model.simulate.Estimate;
import dev.membound.model.simulate.OperatorEstimate;
import dev.membound.model.simulate.OverlapLaw;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.InferenceWorkload;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.Operator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A phase of inference as the simulator sees it, with the parameters of a fit taken out: what each
 * operator would take at the full bandwidth, peak and link of the data sheet. At the device's own
 * parameters {@link #seconds} is the simulator's time.
 */
final class PhaseWork {

  /** An operator, all its executions together. */
  private record Work(
      Family family,
      boolean experts,
      int repeats,
      double memorySeconds,
      double computeSeconds,
      double linkLatencySeconds,
      double linkBytesSeconds,
      double overlapExponent) {}

  /** Which efficiency of a fit an operator follows. */
  private enum Family {
    DECODE_MATRIX,
    PREFILL_MATRIX,
    ATTENTION,
    /** Norms and tables keep the efficiency of the device. */
    OTHER,
    COLLECTIVE
  }

  /** Products over routed experts. */
  static final Set<String> EXPERTS = Set.of("experts-expand", "experts-contract");

  private final Work[] works;

  private PhaseWork(Work[] works) {
    this.works = works;
  }

  static PhaseWork of(HardwareSystem system, LlmArchitecture model, InferenceWorkload workload) {
    Simulator simulator = new Simulator(Simulator.DEFAULT_SEED, 1);
    Estimate estimate = simulator.estimate(system, model, workload);
    HardwareSystem instant =
        HardwareSystem.of(
            withLink(system.device(), system.device().link().map(Link::ideal)), system.count());
    Estimate withoutLatency = simulator.estimate(instant, model, workload);
    List<Operator> operators = workload.operators(model, system.sharding());
    ComputeEngine engine = system.device().mainEngine();
    List<Work> works = new ArrayList<>();
    for (int i = 0; i < operators.size(); i++) {
      works.add(
          work(
              operators.get(i),
              estimate.operators().get(i),
              withoutLatency.operators().get(i),
              engine));
    }
    return new PhaseWork(works.toArray(Work[]::new));
  }

  private static Work work(
      Operator operator, OperatorEstimate time, OperatorEstimate instant, ComputeEngine engine) {
    Draw best = Draw.best();
    Kernel kernel = operator.kernel();
    if (kernel.collective()) {
      return new Work(
          Family.COLLECTIVE,
          false,
          operator.repeats(),
          0,
          0,
          time.linkSeconds() - instant.linkSeconds(),
          instant.linkSeconds(),
          1);
    }
    Family family = family(kernel);
    double streaming = Math.min(1, best.of(engine.streamingEfficiency()));
    double efficiency =
        family == Family.OTHER
            ? 1
            : best.of(engine.efficiency(kernel, operator.operand()).orElseThrow());
    return new Work(
        family,
        EXPERTS.contains(operator.name()),
        operator.repeats(),
        time.memorySeconds() * streaming,
        time.computeSeconds() * efficiency,
        0,
        0,
        Math.max(1, best.of(engine.overlapExponent().get(kernel))));
  }

  private static Family family(Kernel kernel) {
    return switch (kernel) {
      case GEMV -> Family.DECODE_MATRIX;
      case GEMM -> Family.PREFILL_MATRIX;
      case ATTENTION -> Family.ATTENTION;
      default -> Family.OTHER;
    };
  }

  /** Operators that have a start-up, all executions. */
  int executions() {
    return Arrays.stream(works)
        .filter(work -> work.family != Family.COLLECTIVE)
        .mapToInt(Work::repeats)
        .sum();
  }

  /** Time under the parameters of a fit. */
  double seconds(HardwareParameters p) {
    double sum = 0;
    for (Work work : works) {
      sum +=
          switch (work.family) {
            case COLLECTIVE ->
                work.linkLatencySeconds * p.linkLatencyFactor()
                    + work.linkBytesSeconds / p.linkEfficiency();
            case DECODE_MATRIX -> computation(work, p, p.decodeEfficiency());
            case PREFILL_MATRIX -> computation(work, p, p.prefillEfficiency());
            case ATTENTION -> computation(work, p, p.attentionEfficiency());
            case OTHER -> computation(work, p, 1);
          };
    }
    return sum;
  }

  private static double computation(Work work, HardwareParameters p, double efficiency) {
    double computeShare = efficiency * p.clockShare() * (work.experts ? p.expertShare() : 1);
    return work.repeats * p.startupSeconds()
        + OverlapLaw.seconds(
            work.memorySeconds / p.streamingEfficiency(),
            work.computeSeconds / computeShare,
            work.overlapExponent);
  }

  private static DeviceProfile withLink(DeviceProfile device, Optional<Link> link) {
    return new DeviceProfile(
        device.name(),
        device.title(),
        device.description(),
        device.memory(),
        device.kvMemory(),
        device.engines(),
        link,
        device.power(),
        device.facts(),
        device.modelError());
  }
}
