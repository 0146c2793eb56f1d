package dev.membound.kernels.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KernelProviderTest {
  /** The build runs the tagged tests once a width, and says here which one it expects. */
  @Test
  @Tag("width")
  void theForcedProviderReallyRuns() {
    String forced = System.getProperty(KernelProvider.PROPERTY);
    String expectedBits = System.getProperty("membound.test.vectorBits");
    KernelProvider current = KernelProvider.current();

    if (forced != null) {
      assertThat(current).isEqualTo(KernelProvider.parse(forced));
    }
    if (expectedBits != null && !expectedBits.isEmpty()) {
      assertThat(current.vectorBits()).isEqualTo(Integer.parseInt(expectedBits));
    }
    if (current.isVectorised()) {
      assertThat(Species.FLOATS * Float.SIZE).isEqualTo(current.vectorBits());
    }
  }

  @ParameterizedTest
  @EnumSource
  void readsItsOwnPropertyValue(KernelProvider provider) {
    assertThat(KernelProvider.parse(provider.propertyValue())).isSameAs(provider);
    assertThat(
            KernelProvider.parse(" " + provider.propertyValue().toUpperCase(java.util.Locale.ROOT)))
        .isSameAs(provider);
  }

  @Test
  void refusesAnotherValueAndNamesTheChoices() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> KernelProvider.parse("1024"))
        .withMessage("membound.kernels=1024: expected scalar, 128, 256 or 512");
  }
}
