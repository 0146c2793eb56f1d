package dev.membound.model.device;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.quantity.Provenance;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.Kernel;
import org.junit.jupiter.api.Test;

class CpuDeviceTest {
  private final DeviceProfile cpu = CpuDevice.from(Profiles.twoThreads());
  private final ComputeEngine engine = cpu.mainEngine();

  @Test
  void allMeasuredThreadsAreUsed() {
    assertThat(engine.name()).isEqualTo("2-threads");
    assertThat(engine.peak(DataFormat.F32).value()).isEqualTo(100e9);
    assertThat(engine.startupSeconds().value()).isEqualTo(5e-6);
  }

  @Test
  void theBestLayoutOfAFormatCounts() {
    assertThat(engine.efficiency(Kernel.GEMV, DataFormat.Q4_0).orElseThrow().value())
        .isEqualTo(0.4);
  }

  @Test
  void typesOfTheKernelsAreTheFormatsThatTheyStream() {
    assertThat(engine.runs(Kernel.GEMV, DataFormat.FP8)).isTrue();
    assertThat(engine.runs(Kernel.ATTENTION, DataFormat.FP8)).isTrue();
    assertThat(engine.efficiency(Kernel.GEMV, DataFormat.INT8).orElseThrow().value())
        .isEqualTo(0.6);
  }

  @Test
  void prefillUsesTheMeasuredGemv() {
    assertThat(engine.efficiency(Kernel.GEMM, DataFormat.Q8_0))
        .isEqualTo(engine.efficiency(Kernel.GEMV, DataFormat.Q8_0));
    assertThat(engine.overlapExponent().get(Kernel.GEMM).value()).isEqualTo(2);
  }

  @Test
  void formatsThatWereNotMeasuredDoNotRun() {
    assertThat(engine.runs(Kernel.GEMV, DataFormat.BF16)).isFalse();
    assertThat(engine.runs(Kernel.ATTENTION, DataFormat.Q8_0)).isFalse();
  }

  @Test
  void whatWasNotMeasuredIsAssumedAndSaysSo() {
    assertThat(engine.efficiency(Kernel.NORM, DataFormat.F16).orElseThrow().provenance())
        .isEqualTo(Provenance.ASSUMED);
  }

  @Test
  void heldOutErrorsWidenTheInterval() {
    assertThat(cpu.modelError().value()).isEqualTo(1);
    assertThat(cpu.modelError().low()).isEqualTo(StrictMath.exp(-0.05));
    assertThat(cpu.modelError().high()).isEqualTo(StrictMath.exp(0.1));
  }
}
