package dev.membound.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.membound.kernels.gemv.Gemv;
import dev.membound.kernels.matrix.MatrixLayout;
import dev.membound.kernels.matrix.WeightMatrix;
import dev.membound.kernels.parallel.WorkerTeam;
import dev.membound.kernels.quant.QuantType;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.MethodSource;

class PeerGemvTest {
  private static final int ROWS = 96;
  private static final int COLS = 1024;

  @BeforeEach
  void onlyWhereTheLibrariesRun() {
    assumeThat(System.getProperty("os.name") + System.getProperty("os.arch"))
        .isEqualTo("Linuxamd64");
  }

  static Stream<Arguments> peersAndFormats() {
    return Arrays.stream(Peer.values())
        .flatMap(
            peer ->
                Arrays.stream(QuantType.values())
                    .filter(type -> peer.bitsPerWeight(type).isPresent())
                    .map(type -> Arguments.of(peer, type)));
  }

  @ParameterizedTest
  @MethodSource("peersAndFormats")
  void everyRowIsWithinThePeersBound(Peer peer, QuantType type) {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix weights = weights(type, arena);
      try (PeerGemv gemv = peer.gemv(weights, 1)) {
        PeerCheck.requireRight(gemv, weights, activations(1), ROWS);
        PeerCheck.requireRight(gemv, weights, activations(2), ROWS);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("peersAndFormats")
  void agreesWithOurKernel(Peer peer, QuantType type) {
    float[] x = activations(3);
    float[] theirs = new float[ROWS];
    float[] ours = new float[ROWS];
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(1)) {
      WeightMatrix weights = weights(type, arena);
      try (PeerGemv gemv = peer.gemv(weights, 1)) {
        gemv.activations(x);
        gemv.multiply();
        gemv.result(theirs);
      }
      Gemv.plan(type, MatrixLayout.FILE, ROWS, COLS, team).multiply(weights, x, ours);
    }
    double error = 0;
    double norm = 0;
    for (int row = 0; row < ROWS; row++) {
      error += Math.pow(theirs[row] - ours[row], 2);
      norm += Math.pow(ours[row], 2);
    }
    assertThat(Math.sqrt(error / norm)).isLessThan(0.02);
  }

  @ParameterizedTest
  @EnumSource(value = Peer.class, mode = Mode.EXCLUDE, names = "OPENBLAS") // one pool a process
  void twoThreadsGiveTheSame(Peer peer) {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix weights = weights(QuantType.Q4_0, arena);
      try (PeerGemv gemv = peer.gemv(weights, 2)) {
        PeerCheck.requireRight(gemv, weights, activations(1), ROWS);
      }
    }
  }

  @Test
  void wrongResultIsRefused() {
    try (Arena arena = Arena.ofShared()) {
      WeightMatrix weights = weights(QuantType.F32, arena);
      WeightMatrix others = WeightMatrix.random(QuantType.F32, ROWS, COLS, 99, arena);
      try (PeerGemv gemv = Peer.OPENBLAS.gemv(weights, 1)) {
        assertThatThrownBy(() -> PeerCheck.requireRight(gemv, others, activations(1), ROWS))
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("row 0 is");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void isAvailableHere(Peer peer) {
    peer.requireAvailable();
  }

  private static WeightMatrix weights(QuantType type, Arena arena) {
    SplittableRandom random = new SplittableRandom(7);
    return WeightMatrix.encode(
        type,
        (row, target) -> {
          for (int c = 0; c < COLS; c++) {
            target[c] = (float) (random.nextDouble() - 0.5);
          }
        },
        ROWS,
        COLS,
        arena);
  }

  private static float[] activations(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] x = new float[COLS];
    for (int c = 0; c < COLS; c++) {
      x[c] = (float) (2 * random.nextDouble() - 1);
    }
    return x;
  }
}
