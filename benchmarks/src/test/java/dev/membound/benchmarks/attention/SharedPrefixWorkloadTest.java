package dev.membound.benchmarks.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.membound.benchmarks.suite.TrafficCounters;
import dev.membound.kernels.attention.AttentionState;
import dev.membound.kernels.attention.BlockTable;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.Residency;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.openjdk.jmh.annotations.Param;

class SharedPrefixWorkloadTest {
  private static final KvShape LLAMA_8B = new KvShape(KvType.F16, 32, 8, 128, 32768, 16);
  private static final SharedPrefix EIGHT = new SharedPrefix(LLAMA_8B, 256, 8);

  @Test
  void eachByteCountsOnceAndLoadsOfAFlatPrefixOnceForEachSequence() {
    SharedPrefixWorkload cascade = workload(PrefixReading.CASCADE, 1);
    SharedPrefixWorkload flat = workload(PrefixReading.FLAT, 1);

    // K and V, 8 heads of 128 halves: 4 KiB a token. Queries and outputs of 32 heads of 128 floats.
    long activations = 8L * 2 * 4 * 32 * 128;
    assertThat(cascade.bytes())
        .isEqualTo(Map.of("kv", (32768L + 8 * 256) * 4096, "activations", activations))
        .isEqualTo(flat.bytes());
    assertThat(cascade.loadedBytes()).isEqualTo((32768L + 8 * 256) * 4096 + activations);
    assertThat(flat.loadedBytes()).isEqualTo(8 * (32768L + 256) * 4096 + activations);
    assertThat(cascade.flops()).isEqualTo(8L * 4 * 32 * 128 * 33024).isEqualTo(flat.flops());
  }

  @Test
  void groupsFillTheWorkingSet() {
    // A group is 136 MiB.
    assertThat(workload(PrefixReading.FLAT, 256L << 20).groups()).isEqualTo(2);
    assertThat(workload(PrefixReading.FLAT, 256L << 20).workingSetBytes()).isEqualTo(272L << 20);
    assertThat(workload(PrefixReading.FLAT, 1).groups()).isEqualTo(1);
  }

  @Test
  void everyParameterOfTheBenchmarkIsGiven() {
    TreeSet<String> names = new TreeSet<>();
    for (Class<?> c = SharedPrefixBenchmark.class; c != null; c = c.getSuperclass()) {
      Arrays.stream(c.getDeclaredFields())
          .filter(field -> field.isAnnotationPresent(Param.class))
          .forEach(field -> names.add(field.getName()));
    }

    assertThat(workload(PrefixReading.CASCADE, 1).params().keySet()).isEqualTo(names);
  }

  @Test
  void tablesShareThePrefixAndNothingElse() {
    SharedPrefix shape = new SharedPrefix(new KvShape(KvType.F16, 8, 2, 64, 48, 16), 20, 3);
    try (Arena arena = Arena.ofConfined()) {
      PrefixGroups groups = PrefixGroups.fill(shape, 2, arena);
      BitSet seen = new BitSet();
      for (int turn = 0; turn < 2; turn++) {
        BlockTable prefix = groups.prefix();
        addBlocks(seen, prefix, 0);
        for (int s = 0; s < 3; s++) {
          BlockTable flat = groups.flat()[s];
          BlockTable suffix = groups.suffixes()[s];
          assertThat(flat.length()).isEqualTo(prefix.length() + suffix.length()).isEqualTo(68);
          for (int page = 0; page < flat.pages(); page++) {
            assertThat(flat.block(page))
                .isEqualTo(page < 3 ? prefix.block(page) : suffix.block(page - 3));
          }
          addBlocks(seen, flat, 3);
        }
        groups.next();
      }
      assertThat(seen.cardinality()).isEqualTo(groups.cache().blocks()).isEqualTo(2 * (3 + 3 * 2));
      assertThat(groups.prefix().block(0)).as("the first group again").isZero();
    }
  }

  private static void addBlocks(BitSet seen, BlockTable table, int from) {
    for (int page = from; page < table.pages(); page++) {
      assertThat(seen.get(table.block(page))).as("block %d", table.block(page)).isFalse();
      seen.set(table.block(page));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bothReadingsGiveTheSameStates(KvType format) {
    SharedPrefixBenchmark benchmark = benchmark(format, 3, 96, 20);
    TrafficCounters traffic = new TrafficCounters();
    SharedPrefixBenchmark.Loads loads = new SharedPrefixBenchmark.Loads();

    AttentionState[] flat = benchmark.flat(traffic, loads);
    AttentionState[] cascade = benchmark.cascade(traffic);

    long token = 2L * 2 * format.headBytes(64);
    long activations = 3L * 2 * 4 * 8 * 64;
    assertThat(traffic.bytes).isEqualTo(2 * ((96 + 3 * 20) * token + activations));
    assertThat(traffic.flops).isEqualTo(2 * 4L * 8 * 64 * 3 * 116);
    assertThat(loads.loadedBytes).isEqualTo(3 * 116 * token + activations);
    requireSame(cascade, flat);
  }

  @Test
  void eachCallTakesTheNextGroupInTheComparisonToo() {
    SharedPrefixBenchmark benchmark = benchmark(KvType.F16, 2, 96, 20, 100_000);
    AttentionState[] flat =
        benchmark.flat(new TrafficCounters(), new SharedPrefixBenchmark.Loads());
    double first = flat[0].lse()[0];
    AttentionState[] cascade = benchmark.flatThenCascade();
    assertThat(flat[0].lse()[0]).as("another group").isNotEqualTo(first);
    assertThat(cascade[0].lse()[0]).as("the first group").isCloseTo(first, within(1e-4));
  }

  @Test
  void aSuffixMayBeEmpty() {
    SharedPrefixBenchmark benchmark = benchmark(KvType.F16, 2, 96, 0);

    requireSame(
        benchmark.cascade(new TrafficCounters()),
        benchmark.flat(new TrafficCounters(), new SharedPrefixBenchmark.Loads()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0    | 16         | 16  | 1          | 0 sequences; a group has 1 to 1024
          1025 | 16         | 16  | 1          | 1025 sequences; a group has 1 to 1024
          1    | 100        | 16  | 1          | a prefix of 100 tokens in blocks of 16: sequences share whole blocks
          1    | 0          | 16  | 1          | a prefix of 0 tokens in blocks of 16: sequences share whole blocks
          1    | 16         | 0   | 1          | block size 0 is not between 1 and 256
          1    | 512        | 512 | 1          | block size 512 is not between 1 and 256
          1    | 16         | 16  | -1         | suffixes of -1 tokens
          1    | 2147483632 | 16  | 16         | are longer than any sequence
          """)
  void whatIsNoGroupIsRefused(
      int sequences, int prefixTokens, int blockSize, int suffixTokens, String expected) {
    KvShape prefix = new KvShape(KvType.F16, 8, 2, 64, prefixTokens, blockSize);

    assertThatThrownBy(() -> new SharedPrefix(prefix, suffixTokens, sequences))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void moreBlocksThanACacheHasAreRefused() {
    KvShape prefix = new KvShape(KvType.F16, 8, 2, 64, 1 << 30, 1);

    assertThatThrownBy(() -> PrefixGroups.fill(new SharedPrefix(prefix, 0, 1), 2, Arena.global()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2147483648 blocks");
  }

  private static SharedPrefixWorkload workload(PrefixReading reading, long workingSetBytes) {
    return new SharedPrefixWorkload(reading, EIGHT, 1, Residency.DRAM, workingSetBytes);
  }

  private static void requireSame(AttentionState[] actual, AttentionState[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int s = 0; s < expected.length; s++) {
      for (int head = 0; head < expected[s].lse().length; head++) {
        assertThat(actual[s].lse()[head])
            .isFinite()
            .isCloseTo(expected[s].lse()[head], within(1e-4));
      }
      for (int i = 0; i < expected[s].output().length; i++) {
        assertThat(actual[s].output()[i]).isCloseTo(expected[s].output()[i], within(1e-4f));
      }
    }
    assertThat(expected[0].output()).as("not the same query").isNotEqualTo(expected[1].output());
  }

  private static SharedPrefixBenchmark benchmark(
      KvType format, int sequences, int prefixTokens, int suffixTokens) {
    return benchmark(format, sequences, prefixTokens, suffixTokens, 1);
  }

  private static SharedPrefixBenchmark benchmark(
      KvType format, int sequences, int prefixTokens, int suffixTokens, long workingSetBytes) {
    SharedPrefixBenchmark benchmark = new SharedPrefixBenchmark();
    benchmark.threads = 2;
    benchmark.format = format;
    benchmark.queryHeads = 8;
    benchmark.kvHeads = 2;
    benchmark.headDim = 64;
    benchmark.sequences = sequences;
    benchmark.prefixTokens = prefixTokens;
    benchmark.suffixTokens = suffixTokens;
    benchmark.blockSize = 16;
    benchmark.residency = Residency.L2;
    benchmark.workingSetBytes = workingSetBytes;
    benchmark.prepare();
    return benchmark;
  }
}
