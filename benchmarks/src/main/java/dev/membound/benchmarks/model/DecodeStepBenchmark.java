package dev.membound.benchmarks.model;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmArchitecture;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import dev.membound.model.simulate.DecodePlan;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.Kernel;
import dev.membound.model.workload.KvSelection;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Predicted decode steps a second on one core, without intervals: Llama 3.1 70B in FP8 on eight
 * H100s with tensor parallelism, another batch and context at every call. At least 300,000 a second
 * are wanted with a plan.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Threads(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class DecodeStepBenchmark {
  private static final KvSelection DENSE = new KvSelection.Dense();

  @Param("llama-3.1-70b")
  public String model;

  /**
   * Overlap exponent of the engines: 4 is that of the catalogue, 1.7 one that a calibration may
   * give and that no root shortens.
   */
  @Param({"4", "1.7"})
  public double overlapExponent;

  private HardwareSystem system;
  private LlmArchitecture architecture;
  private Formats formats;
  private DecodePlan plan;
  private int point;

  @Setup
  public void plan() {
    if (!(overlapExponent >= 1)) {
      throw new IllegalArgumentException(
          "an overlap exponent of " + overlapExponent + ": it is 1 or more");
    }
    formats = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.F16);
    architecture = LlmCatalogue.find(model);
    Quantity exponent =
        Quantity.exact(overlapExponent, "1", Provenance.ASSUMED, "parameter of the benchmark");
    Map<Kernel, Quantity> exponents = new EnumMap<>(Kernel.class);
    for (Kernel kernel : Kernel.values()) {
      exponents.put(kernel, exponent);
    }
    DeviceProfile device = DeviceCatalogue.find("h100-sxm").withOverlap(exponents);
    system = HardwareSystem.of(device, 8);
    plan = DecodePlan.of(system, architecture, formats, DENSE);
  }

  /** A step of a plan that was made before; the 64 batches come again and again. */
  @Benchmark
  public double planned() {
    point++;
    return plan.seconds(batch(), context());
  }

  /** The same at batches so large that the plan remembers nothing of them. */
  @Benchmark
  public double plannedLargeBatch() {
    point++;
    return plan.seconds(2048 + batch(), context());
  }

  /** The same prediction, planned every time. */
  @Benchmark
  public double planning() {
    point++;
    DecodeWorkload workload = new DecodeWorkload(batch(), context(), formats, DENSE);
    return Simulator.bestSeconds(system, architecture, workload);
  }

  private int batch() {
    return 1 + (point & 63);
  }

  private long context() {
    return 512 + (point * 37L & 0xffff);
  }
}
