package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CompilerRestTest {
  private static final long MILLIS = 1_000_000;

  private final AtomicInteger looks = new AtomicInteger();

  @Test
  void waitsUntilTheCompilersHaveWorkedThroughTheirQueue() {
    assertThat(
            CompilerRest.await(
                () -> Math.min(looks.getAndIncrement(), 5) * MILLIS, TimeUnit.MINUTES.toNanos(1)))
        .isTrue();
    assertThat(looks).hasValue(8); // the sixth has the last work; two more see none
  }

  @Test
  void doesNotWaitForEver() {
    assertThat(CompilerRest.await(() -> looks.getAndIncrement() * MILLIS, 20 * MILLIS)).isFalse();
  }
}
