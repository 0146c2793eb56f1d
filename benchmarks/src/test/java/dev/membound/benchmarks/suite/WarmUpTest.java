package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class WarmUpTest {
  private static final long PATIENCE_NANOS = 1_000_000;

  private volatile byte[] garbage;

  @Test
  void aKernelThatNeverComesToRestIsToldOfOne() {
    Runnable allocates = () -> garbage = new byte[1 << 20];

    assertThat(WarmUp.settles(allocates, false, PATIENCE_NANOS)).isFalse();
  }
}
