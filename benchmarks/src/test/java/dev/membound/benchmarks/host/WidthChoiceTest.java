package dev.membound.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.kernels.provider.KernelProvider;
import dev.membound.model.run.HostFacts.VectorWidth;
import java.util.List;
import org.junit.jupiter.api.Test;

class WidthChoiceTest {
  private static final VectorWidth NARROW = new VectorWidth("128", 4e9, 9e9);
  private static final VectorWidth MIDDLE = new VectorWidth("256", 9e9, 16e9);
  private static final VectorWidth WIDE = new VectorWidth("512", 16e9, 8e9);

  @Test
  void takesTheBestOverBothFormats() {
    assertThat(new WidthChoice(List.of(NARROW, MIDDLE, WIDE)).best())
        .isEqualTo(KernelProvider.VECTOR_256);
    assertThat(new WidthChoice(List.of(NARROW)).best()).isEqualTo(KernelProvider.VECTOR_128);
  }

  @Test
  void ofNearlyEqualWidthsTakesTheWidest() {
    VectorWidth same = new VectorWidth("512", 8.8e9, 15.8e9);

    assertThat(new WidthChoice(List.of(MIDDLE, same)).best()).isEqualTo(KernelProvider.VECTOR_512);
  }

  @Test
  void measuresEveryWidthThatTheCpuHas() {
    WidthChoice choice = WidthChoice.measure(128);

    assertThat(choice.widths()).extracting(VectorWidth::kernelProvider).containsExactly("128");
    assertThat(choice.best()).isEqualTo(KernelProvider.VECTOR_128);
  }
}
