package dev.membound.peers.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.benchmarks.suite.PlannedWorkload;
import dev.membound.benchmarks.suite.Workload;
import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.quant.QuantType;
import dev.membound.peers.KvFormat;
import dev.membound.peers.Peer;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Param;

class PeerWorkloadsTest {
  private static final AttentionShape HEADS = new AttentionShape(32, 8, 128);
  private static final long WORKING_SET_BYTES = 128 << 20;

  @Test
  void parametersAreThoseOfTheirBenchmark() {
    for (Workload workload : all()) {
      Set<String> fields = new HashSet<>();
      for (Field field : workload.benchmark().getFields()) {
        if (field.isAnnotationPresent(Param.class)) {
          fields.add(field.getName());
        }
      }
      assertThat(workload.params().keySet()).isEqualTo(fields);
    }
  }

  @Test
  void everyOneHasItsOwnMeasurement() {
    assertThat(all())
        .extracting(workload -> new PlannedWorkload(workload, 1).id())
        .doesNotHaveDuplicates()
        .hasSizeGreaterThan(30);
  }

  @Test
  void bytesAreThoseThatThePeerStores() {
    // 4 bits and a binary32 scale for 32 weights against 4 bits and a binary16 one.
    assertThat(gemv(Peer.ONNX_RUNTIME, QuantType.Q4_0).bytes()).containsEntry("weights", 20480L);
    assertThat(gemv(Peer.GGML, QuantType.Q4_0).bytes()).containsEntry("weights", 18432L);
  }

  /** A hundred thousand sessions would not fit into any memory. */
  @Test
  void shapeTooSmallForTheWorkingSetIsRefused() {
    PeerGemvWorkload small =
        new PeerGemvWorkload(Peer.GGML, QuantType.Q4_0, 64, 256, 1, WORKING_SET_BYTES);
    assertThatThrownBy(small::workingSetBytes)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "a working set of 134217728 bytes takes 14564 matrices of 9216 bytes, more than 1024:"
                + " ask for larger ones");
  }

  /** What the benchmarks take by themselves is what ours take. */
  @Test
  void workingSetIsLeftToTheMachine() throws NoSuchFieldException {
    for (Class<?> benchmark : List.of(PeerGemvBenchmark.class, PeerAttentionBenchmark.class)) {
      assertThat(benchmark.getField("workingSetBytes").getAnnotation(Param.class).value())
          .containsExactly("0");
    }
  }

  @Test
  void formatThatThePeerLacksIsRefused() {
    assertThatThrownBy(() -> gemv(Peer.OPENBLAS, QuantType.Q4_0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("OpenBLAS has no Q4_0");
  }

  private static PeerGemvWorkload gemv(Peer peer, QuantType type) {
    return new PeerGemvWorkload(peer, type, 32, 1024, 1, WORKING_SET_BYTES);
  }

  private static List<Workload> all() {
    List<Workload> workloads = new ArrayList<>();
    for (Peer peer : Peer.values()) {
      for (QuantType type : QuantType.values()) {
        if (peer.bitsPerWeight(type).isPresent()) {
          workloads.add(gemv(peer, type));
        }
      }
      for (KvFormat format : KvFormat.values()) {
        if (peer.attends(format)) {
          workloads.add(new PeerAttentionWorkload(peer, format, HEADS, 1024, 1, WORKING_SET_BYTES));
        }
      }
    }
    return workloads;
  }
}
