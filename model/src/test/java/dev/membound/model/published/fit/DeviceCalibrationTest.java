package dev.membound.model.published.fit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.device.DeviceCatalogue;
import dev.membound.model.device.DeviceProfile;
import dev.membound.model.llm.LlmCatalogue;
import dev.membound.model.placement.HardwareSystem;
import dev.membound.model.published.AttentionKernel;
import dev.membound.model.published.KernelTiming;
import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.TimingRows;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.simulate.Bottleneck;
import dev.membound.model.simulate.Simulator;
import dev.membound.model.workload.DataFormat;
import dev.membound.model.workload.DecodeWorkload;
import dev.membound.model.workload.Formats;
import dev.membound.model.workload.KvSelection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeviceCalibrationTest {
  private static final DeviceProfile L4 = DeviceCatalogue.find("l4");
  private static final KernelLaw LAW = new KernelLaw(2e-6, 1e-6, 0.72, 0.02, 0.5);
  private static final DeviceProfile H800 = DeviceCatalogue.find("h800-sxm");
  private static final KernelLaw SLOW_ARITHMETIC = new KernelLaw(2e-6, 1e-6, 0.93, 0.02, 0.4);

  private static KernelTiming kernel(AttentionKernel kernel, int batch, long context, double time) {
    boolean latent = kernel == AttentionKernel.MLA_ATTENTION;
    return new KernelTiming(
        kernel + "-" + batch + "-" + context,
        "test",
        latent ? "h800-sxm" : "l4",
        kernel,
        latent ? 128 : 32,
        latent ? 1 : 8,
        latent ? 576 : 128,
        latent ? 512 : 128,
        DataFormat.BF16,
        batch,
        1,
        context,
        time);
  }

  private static List<KernelTiming> lawful(AttentionKernel kernel) {
    List<KernelTiming> rows = new ArrayList<>();
    for (int batch : List.of(1, 4, 16)) {
      for (long context = 128; context <= 65_536; context *= 4) {
        KernelTiming open = kernel(kernel, batch, context, 1);
        boolean latent = kernel == AttentionKernel.MLA_ATTENTION;
        double seconds = latent ? SLOW_ARITHMETIC.seconds(open, H800) : LAW.seconds(open, L4);
        rows.add(kernel(kernel, batch, context, seconds));
      }
    }
    return rows;
  }

  @Test
  void kernelTimingsTellTheShareOfTheBandwidth() {
    CalibratedDevice device =
        DeviceCalibration.of(
            "mine", new TimingRows(lawful(AttentionKernel.GQA_ATTENTION), List.of()), "a test");
    var streaming = device.profile().mainEngine().streamingEfficiency();
    assertThat(streaming.value()).isCloseTo(0.72, within(0.01));
    assertThat(streaming.provenance()).isEqualTo(Provenance.FITTED);
  }

  @Test
  void latentAttentionTellsTheShareOfThePeakAndNotOfTheBandwidth() {
    CalibratedDevice device =
        DeviceCalibration.of(
            "mine", new TimingRows(lawful(AttentionKernel.MLA_ATTENTION), List.of()), "a test");
    assertThat(device.parameters())
        .filteredOn(p -> p.key().equals("attention_ratio"))
        .allMatch(FittedParameter::identifiable)
        .allSatisfy(p -> assertThat(p.value()).isCloseTo(0.4, within(0.02)));
    assertThat(device.profile().mainEngine().streamingEfficiency())
        .isEqualTo(H800.mainEngine().streamingEfficiency());
  }

  @Test
  void theBottleneckOfALawIsTheLongerPart() {
    KernelTiming large = kernel(AttentionKernel.GQA_ATTENTION, 16, 65_536, 1);
    KernelTiming latent = kernel(AttentionKernel.MLA_ATTENTION, 16, 65_536, 1);
    KernelTiming tiny = kernel(AttentionKernel.GQA_ATTENTION, 1, 1, 1);
    assertThat(LAW.bottleneck(large, L4)).isEqualTo(Bottleneck.MEMORY);
    assertThat(SLOW_ARITHMETIC.bottleneck(latent, H800)).isEqualTo(Bottleneck.COMPUTE);
    assertThat(LAW.bottleneck(tiny, L4)).isEqualTo(Bottleneck.STARTUP);
  }

  @Test
  void servingRowsGiveADeviceThatTheSimulatorRuns() {
    TimingRows h200 = PublishedResults.load().timings().of("h200-sxm");
    CalibratedDevice device = DeviceCalibration.of("h200-served", h200, "published rows");
    Formats formats = new Formats(DataFormat.FP8, DataFormat.FP8, DataFormat.F16);
    DecodeWorkload step = new DecodeWorkload(16, 4096, formats, new KvSelection.Dense());
    var model = LlmCatalogue.find("llama-3.1-70b");
    var estimate = new Simulator().estimate(HardwareSystem.of(device.profile(), 4), model, step);
    var sheet =
        new Simulator()
            .estimate(HardwareSystem.of(DeviceCatalogue.find("h200-sxm"), 4), model, step);
    assertThat(estimate.provenance()).contains(Provenance.FITTED);
    // Serving is slower than the catalogue's lone operators.
    assertThat(estimate.seconds().median()).isGreaterThan(sheet.seconds().median());
    assertThat(estimate.seconds().low()).isLessThan(estimate.seconds().median());
  }

  @Test
  void equalRowsGiveEqualFiles() {
    TimingRows rows = new TimingRows(lawful(AttentionKernel.GQA_ATTENTION), List.of());
    assertThat(DeviceCalibration.of("mine", rows, "a test").yaml())
        .isEqualTo(DeviceCalibration.of("mine", rows, "a test").yaml());
  }

  @Test
  void twoRowsAreTooFew() {
    TimingRows rows =
        new TimingRows(lawful(AttentionKernel.GQA_ATTENTION).subList(0, 2), List.of());
    assertThatThrownBy(() -> DeviceCalibration.of("mine", rows, "a test"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 rows are too few");
  }
}
