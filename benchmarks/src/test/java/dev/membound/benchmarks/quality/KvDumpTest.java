package dev.membound.benchmarks.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.QualityFile.Row;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KvDumpTest {
  private static final int TOKENS = 200;
  private static final int KV_HEADS = 2;
  private static final int HEAD_DIM = 64;
  private static final int QUERIES = 40;
  private static final int QUERY_HEADS = 4;

  @TempDir private Path folder;

  /** A dump as Python's safetensors writes it. */
  private static byte[] dump(String dtype, int elementBytes, int tokens, int queries) {
    long kv = (long) tokens * KV_HEADS * HEAD_DIM;
    long q = (long) queries * QUERY_HEADS * HEAD_DIM;
    String header =
        "{\"__metadata__\":{\"layer\":\"17\"},"
            + entry("k", dtype, tokens, KV_HEADS, 0, kv * elementBytes)
            + ","
            + entry("v", dtype, tokens, KV_HEADS, kv * elementBytes, 2 * kv * elementBytes)
            + ","
            + entry(
                "q",
                dtype,
                queries,
                QUERY_HEADS,
                2 * kv * elementBytes,
                (2 * kv + q) * elementBytes)
            + "}";
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate((int) (8 + json.length + (2 * kv + q) * elementBytes))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(json.length).put(json);
    Random random = new Random(3);
    for (long i = 0; i < 2 * kv + q; i++) {
      float value = (float) random.nextGaussian();
      switch (dtype) {
        case "F32" -> bytes.putFloat(value);
        case "F16" -> bytes.putShort(Float.floatToFloat16(value));
        default -> bytes.putShort((short) (Float.floatToRawIntBits(value) >>> 16));
      }
    }
    return bytes.array();
  }

  private static String entry(String name, String dtype, int rows, int heads, long from, long to) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":[%d,%d,%d],\"data_offsets\":[%d,%d]}"
        .formatted(name, dtype, rows, heads, HEAD_DIM, from, to);
  }

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("layer17.safetensors"), content);
  }

  @ParameterizedTest
  @CsvSource({"F32,4,0", "F16,2,0.002", "BF16,2,0.02"})
  void keysValuesAndQueriesArriveWhereTheyBelong(String dtype, int bytes, float error)
      throws IOException {
    try (Arena arena = Arena.ofShared()) {
      KvContext context =
          KvDump.read(write(dump(dtype, bytes, TOKENS, QUERIES)), KvType.F32, 16, arena);
      assertThat(context.shape()).isEqualTo(new AttentionShape(QUERY_HEADS, KV_HEADS, HEAD_DIM));
      assertThat(context.tokens()).isEqualTo(TOKENS);
      assertThat(context.queryTokens()).hasSize(QUERIES).endsWith(TOKENS - 2, TOKENS - 1);
      Random random = new Random(3);
      for (int token = 0; token < TOKENS; token++) {
        for (int i = 0; i < KV_HEADS * HEAD_DIM; i++) {
          float expected = (float) random.nextGaussian();
          float key = context.cache().key(context.table(), token, i / HEAD_DIM, i % HEAD_DIM);
          assertThat(key).isCloseTo(expected, within(expected, error));
        }
      }
      float value = context.cache().value(context.table(), 0, 0, 0);
      float expected = (float) random.nextGaussian();
      assertThat(value).isCloseTo(expected, within(expected, error));
    }
  }

  private static org.assertj.core.data.Offset<Float> within(float value, float relative) {
    return org.assertj.core.data.Offset.offset(Math.abs(value) * relative + 1e-6f);
  }

  @Test
  void allMethodsAreJudgedOnADump() throws IOException {
    Path file = write(dump("F32", 4, TOKENS, QUERIES));
    List<Row> rows =
        new QualitySweep(
                new AttentionShape(2, 1, 64),
                KvType.F16,
                List.of(4096),
                List.of(16),
                List.of(32, 64),
                1)
            .dump(file, (done, planned) -> {});
    assertThat(rows).extracting(Row::method).contains("H2O", "SnapKV", "Quest per group");
    assertThat(rows)
        .allSatisfy(
            row -> {
              assertThat(row.source()).isEqualTo("layer17.safetensors");
              assertThat(row.contextTokens()).isEqualTo(TOKENS);
            });
  }

  @Test
  void whatDoesNotFitIsNamed() throws IOException {
    Path none = folder.resolve("none.safetensors");
    assertThatThrownBy(() -> read(none)).hasMessageContaining("cannot read " + none);
    Path text = write("hello, this is no dump".getBytes(StandardCharsets.UTF_8));
    assertThatThrownBy(() -> read(text))
        .hasMessageStartingWith(text + " is no safetensors file or damaged");
    int bytes = 2 * 2 * HEAD_DIM * Short.BYTES;
    String k = entry("k", "F16", 2, 2, 0, bytes);
    Path aByteMore =
        write(safetensors("{%s}".formatted(entry("k", "F16", 2, 2, 0, bytes + 1)), bytes + 1));
    assertThatThrownBy(() -> read(aByteMore)).hasMessageContaining("tensor k of");
    Path twice =
        write(
            safetensors(
                "{%s,%s}".formatted(k, entry("v", "F16", 2, 2, bytes - 2, 2 * bytes - 2)),
                2 * bytes));
    assertThatThrownBy(() -> read(twice)).hasMessageContaining("tensors k and v overlap");
    Path tooManyQueries = write(dump("F32", 4, 20, 40));
    assertThatThrownBy(() -> read(tooManyQueries)).hasMessageContaining("do not fit each other");
    byte[] renamed = dump("F32", 4, TOKENS, QUERIES);
    renamed[new String(renamed, StandardCharsets.ISO_8859_1).indexOf("\"v\"") + 1] = 'w';
    Path noValues = write(renamed);
    assertThatThrownBy(() -> read(noValues)).hasMessageContaining("holds no tensor v");
    String evil = "{\"a\\u001b[31m\\n\":{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}";
    Path unprintable = write(safetensors(evil));
    assertThatThrownBy(() -> read(unprintable)).hasMessageEndingWith("it holds [a?[31m?]");
    Path empty =
        write(safetensors("{\"k\":{\"dtype\":\"F32\",\"shape\":[0,2,64],\"data_offsets\":[0,0]}}"));
    assertThatThrownBy(() -> read(empty)).hasMessageEndingWith("tensor k is empty");
  }

  private static byte[] safetensors(String header) {
    return safetensors(header, 0);
  }

  private static byte[] safetensors(String header, int dataBytes) {
    byte[] json = header.getBytes(StandardCharsets.UTF_8);
    return ByteBuffer.allocate(8 + json.length + dataBytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(json.length)
        .put(json)
        .array();
  }

  private static void read(Path file) {
    try (Arena arena = Arena.ofShared()) {
      KvDump.read(file, KvType.F32, 16, arena);
    }
  }

  @Test
  void damagedBytesAreReadOrRefusedInOneLine() {
    Path name = Path.of("damaged");
    byte[] sound = dump("F16", 2, 8, 4);
    int header = sound.length - (2 * 8 * KV_HEADS + 4 * QUERY_HEADS) * HEAD_DIM * 2;
    Random random = new Random(11);
    int refused = 0;
    for (int i = 0; i < 5000; i++) {
      byte[] damaged = sound.clone();
      for (int n = random.nextInt(4); n >= 0; n--) {
        damaged[random.nextInt(header)] = (byte) random.nextInt(256);
      }
      try {
        SafeTensors tensors = SafeTensors.parse(name, MemorySegment.ofArray(damaged));
        for (String tensor : List.of("k", "v", "q")) {
          int[] shape = tensors.tensor3d(tensor, "").shape();
          tensors
              .tensor3d(tensor, "")
              .read((long) shape[0] * shape[1] * shape[2] - 1, new float[1]);
        }
      } catch (IllegalArgumentException e) {
        refused++;
        assertThat(e.getMessage()).startsWith("damaged").doesNotContainPattern("\\p{Cntrl}");
      }
    }
    assertThat(refused).isGreaterThan(1000);
  }
}
