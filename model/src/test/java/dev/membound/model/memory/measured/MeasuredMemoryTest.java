package dev.membound.model.memory.measured;

import static dev.membound.model.TestQuantities.exact;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.membound.model.memory.AccessPattern;
import dev.membound.model.memory.AccessPattern.Direction;
import dev.membound.model.quantity.Draw;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MeasuredMemoryTest {
  private static final MeasuredMemory MEMORY =
      new MeasuredMemory(
          exact(20e9),
          exact(0.5),
          Map.of(64L, exact(0.2), 4096L, exact(0.5)),
          exact(90e-9),
          exact(0));

  @ParameterizedTest
  @CsvSource({
    "64, READ, 4",
    "4096, READ, 10",
    "9223372036854775807, READ, 20",
    "512, READ, 7", // halfway in the logarithm
    "8192, READ, 13.3333333333", // the delay of half a 4 KiB chunk on 8 KiB: 1 / 1.5
    "32, READ, 2.2222222222", // the delay of 4 chunks of 64 B on 32 B: 1 / 9
    "4096, WRITE, 5",
  })
  void bandwidthFollowsTheChunkCurve(long chunk, Direction direction, double gigabytesPerSecond) {
    assertThat(MEMORY.bytesPerSecond(new AccessPattern(chunk, 1, direction), Draw.best()))
        .isCloseTo(gigabytesPerSecond * 1e9, within(1.0));
  }
}
