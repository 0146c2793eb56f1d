package dev.membound.peers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.membound.kernels.attention.AttentionOptions;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.kernels.attention.PagedAttention;
import dev.membound.kernels.attention.PagedKvCache;
import dev.membound.kernels.parallel.WorkerTeam;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PeerAttentionTest {
  private static final AttentionShape SHAPE = new AttentionShape(8, 2, 128);
  private static final int TOKENS = 256;
  private static final int BLOCK_SIZE = 16;

  @BeforeEach
  void onlyWhereTheLibrariesRun() {
    assumeThat(System.getProperty("os.name") + System.getProperty("os.arch"))
        .isEqualTo("Linuxamd64");
  }

  static Stream<Arguments> peersAndFormats() {
    return Arrays.stream(Peer.values())
        .flatMap(
            peer ->
                Arrays.stream(KvFormat.values())
                    .filter(peer::attends)
                    .map(format -> Arguments.of(peer, format)));
  }

  @ParameterizedTest
  @MethodSource("peersAndFormats")
  void everyHeadIsTheTextbooks(Peer peer, KvFormat format) {
    try (PeerAttention attention = peer.attention(SHAPE, format, TOKENS, 3, 1)) {
      for (int head = 0; head < SHAPE.queryHeads(); head++) {
        PeerCheck.requireRight(attention, query(head), SHAPE.queryHeads(), head);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("peersAndFormats")
  void agreesWithOurScalarReferenceOnTheSameKeysAndValues(Peer peer, KvFormat format) {
    float[] theirs = new float[SHAPE.queryLength()];
    float[] q = query(5);
    try (PeerAttention attention = peer.attention(SHAPE, format, TOKENS, 4, 1)) {
      attention.query(q);
      attention.attend();
      attention.output(theirs);
      float[] ours = scalarReference(attention, q);
      double error = 0;
      double norm = 0;
      for (int i = 0; i < ours.length; i++) {
        error += Math.pow(theirs[i] - ours[i], 2);
        norm += Math.pow(ours[i], 2);
      }
      assertThat(Math.sqrt(error / norm)).isLessThan(format == KvFormat.F32 ? 1e-4 : 0.02);
    }
  }

  private static float[] scalarReference(PeerAttention peer, float[] q) {
    AttentionState state = AttentionState.create(SHAPE.queryHeads(), SHAPE.headDim());
    try (Arena arena = Arena.ofShared();
        WorkerTeam team = WorkerTeam.of(1)) {
      PagedKvCache cache =
          PagedKvCache.allocate(
              KvType.F32, SHAPE.kvHeads(), SHAPE.headDim(), BLOCK_SIZE, TOKENS / BLOCK_SIZE, arena);
      BlockTable table = BlockTable.empty(BLOCK_SIZE);
      for (int token = 0; token < TOKENS; token++) {
        cache.append(table, heads(peer.keys(), token), heads(peer.values(), token));
      }
      PagedAttention.planScalar(SHAPE, AttentionOptions.of(SHAPE), KvType.F32, BLOCK_SIZE, team)
          .attend(q, cache, table, state);
    }
    return state.output();
  }

  private static float[] heads(KvTensor tensor, int token) {
    float[] all = new float[SHAPE.kvHeads() * SHAPE.headDim()];
    for (int head = 0; head < SHAPE.kvHeads(); head++) {
      System.arraycopy(tensor.row(head, token), 0, all, head * SHAPE.headDim(), SHAPE.headDim());
    }
    return all;
  }

  private static float[] query(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] q = new float[SHAPE.queryLength()];
    for (int i = 0; i < q.length; i++) {
      q[i] = (float) (2 * random.nextDouble() - 1);
    }
    return q;
  }
}
