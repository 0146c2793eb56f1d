package dev.membound.model.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.run.RunFolder.Document;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class RunFolderTest {
  @TempDir private Path path;

  private RunFolder folder;

  @BeforeEach
  void create() {
    folder = RunFolder.create(path.resolve("runs/one"));
  }

  @ParameterizedTest
  @EnumSource(Document.class)
  void everyDocumentReadsBackEqual(Document document) {
    Record content = SampleDocuments.all().get(document);

    folder.write(document, content);

    assertThat(folder.has(document)).isTrue();
    assertThat(folder.read(document, content.getClass())).isEqualTo(content);
  }

  @ParameterizedTest
  @EnumSource(Document.class)
  void everyDocumentIsInTheGuide(Document document) throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "run-folder.md")))
        .contains("| `" + document.fileName() + "` |");
  }

  @Test
  void theSameDocumentIsTheSameBytesWhateverTheOrderOfItsMaps() {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());

    assertThat(text(Document.MEASUREMENTS))
        .containsSubsequence("\"shape\"", "\"cols\"", "\"rows\"", "\"activations\"", "\"weights\"");
  }

  @Test
  void anOlderFileThatLacksLaterPropertiesReadsAsNull() throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    folder.write(Document.HOST, SampleDocuments.all().get(Document.HOST));
    remove(Document.MEASUREMENTS, "(?m),\\s*\"allocatedBytesPerCall\" : null");
    remove(Document.MEASUREMENTS, "(?m),\\s*\"disturbedBy\" : null");
    remove(Document.MEASUREMENTS, "\"activations\" : null,");
    remove(Document.HOST, "(?s),\\s*\"vectorWidths\" : \\[.*?\\]");
    remove(Document.HOST, ",\\s*\"memboundVersion\" : \"[^\"]*\"");
    remove(Document.HOST, "(?s),\\s*\"memboundBuild\" : \\{.*?\\}");

    assertThat(folder.read(Document.MEASUREMENTS, MeasurementFile.class))
        .isEqualTo(SampleDocuments.measurements());
    HostFacts host = folder.read(Document.HOST, HostFacts.class);
    assertThat(host.vectorWidths()).isNull();
    assertThat(host.memboundVersion()).isNull();
    assertThat(host.memboundBuild()).isNull();
  }

  @Test
  void aSampleSaysWhatDisturbedIt() {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());

    assertThat(text(Document.MEASUREMENTS)).containsSubsequence("\"CORE_LOST\"", "\"STEAL\"");
    assertThat(folder.read(Document.MEASUREMENTS, MeasurementFile.class))
        .isEqualTo(SampleDocuments.measurements());
  }

  @Test
  void aSampleThatContradictsItselfIsRefused() throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    remove(Document.MEASUREMENTS, "\"CORE_LOST\",\\s*\"STEAL\"");

    assertOneLine(
        () -> folder.read(Document.MEASUREMENTS, MeasurementFile.class),
        "disturbed is true, but disturbedBy is []");
  }

  private void remove(Document document, String pattern) throws IOException {
    Path file = folder.path().resolve(document.fileName());
    String whole = Files.readString(file);
    String shorter = whole.replaceAll(pattern, "");
    assertThat(shorter).isNotEqualTo(whole);
    Files.writeString(file, shorter);
  }

  @Test
  void aMissingDocumentIsNamedWithItsFolder() {
    assertOneLine(
        () -> folder.read(Document.MEASUREMENTS, MeasurementFile.class),
        "no measurements.json in " + folder.path());
  }

  @Test
  void aMissingFolderSaysHowToMakeOne() {
    assertOneLine(() -> RunFolder.open(path.resolve("none")), "`membound run` makes one");
  }

  @Test
  void aFolderThatCannotBeCreatedSaysHowToChooseAnother() throws IOException {
    Path file = Files.writeString(path.resolve("file"), "in the way");

    assertOneLine(() -> RunFolder.create(file.resolve("run")), "choose another with --out");
  }

  @ParameterizedTest
  @EnumSource(Document.class)
  void everyTruncationOfEveryDocumentIsRefusedInOneLine(Document document) throws IOException {
    Record content = SampleDocuments.all().get(document);
    folder.write(document, content);
    String whole = text(document).strip();
    for (int length = 0; length < whole.length(); length += 5) {
      Files.writeString(file(document), whole.substring(0, length));
      assertOneLine(() -> folder.read(document, content.getClass()), document.fileName());
    }
  }

  @Test
  void randomDamageIsReadOrRefusedInOneLineButNeverAnotherFailure() throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    byte[] whole = Files.readAllBytes(file(Document.MEASUREMENTS));
    Random random = new Random(1);
    int refused = 0;
    for (int round = 0; round < 1000; round++) {
      byte[] damaged = whole.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      Files.write(file(Document.MEASUREMENTS), damaged);
      try {
        folder.read(Document.MEASUREMENTS, MeasurementFile.class);
      } catch (RunFolderException e) {
        refused++;
        assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}").hasSizeLessThan(600);
      }
    }
    assertThat(refused).isGreaterThan(500);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "42",
        "\"text\"",
        "{}",
        "not json",
        "\u0000\u0001",
        "<html></html>",
        "{\"schemaVersion\": \"1\"}",
        "{\"schemaVersion\": 1.5}",
        "{\"schemaVersion\": 0}",
        "{\"schemaVersion\": -1}",
        "{\"schemaVersion\": null}",
        "{\"name\": \"some other tool's file\"}"
      })
  void aForeignFileIsRefused(String content) throws IOException {
    Files.writeString(file(Document.MEASUREMENTS), content);

    assertOneLine(
        () -> folder.read(Document.MEASUREMENTS, MeasurementFile.class),
        "measurements.json is damaged or not a Membound file");
  }

  @ParameterizedTest
  @ValueSource(strings = {"2", "99999999999", "123456789012345678901234567890"})
  void aNewerSchemaIsRefusedWhateverElseTheFileHolds(String version) throws IOException {
    Files.writeString(
        file(Document.PROFILE), "{\"schemaVersion\": " + version + ", \"unheardOf\": {}}");

    assertOneLine(
        () -> folder.read(Document.PROFILE, ProfileFile.class),
        "this Membound reads up to 1; use a newer Membound");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"batch\" : 1 | \"batch\" : 1, \"batches\" : 1 | batches",
        "\"batch\" : 1 | \"batch\" : 1, \"batch\" : 1 | batch",
        "\"batch\" : 1, | | batch",
        "\"batch\" : 1 | \"batch\" : 0 | batch must be at least 1, got 0",
        "\"batch\" : 1 | \"batch\" : 1.5 | 1.5",
        "\"batch\" : 1 | \"batch\" : \"1\" | int",
        "\"batch\" : 1 | \"batch\" : null | null",
        "\"threads\" : 1 | \"threads\" : -2 | threads must be at least 1, got -2",
        "\"weights\" : 16384 | \"weights\" : -1 | bytes.weights must be between 0 and 2^60, got -1",
        "\"weights\" : 16384 | \"weights\" : null | bytes.weights must not be null",
        "\"weights\" : 16384 | \"weights\" : 9000000000000000000 | bytes.weights must be between",
        "\"flops\" : 8192 | \"flops\" : -8192 | flops must be between 0 and 2^60, got -8192",
        "\"residency\" : \"L1\" | \"residency\" : \"L9\" | L9",
        "\"residency\" : \"L1\" | \"residency\" : 0 | Residency",
        "\"residency\" : \"L1\" | \"residency\" : null | residency must not be null",
        "\"secondsPerCall\" : 1.0E-7 | \"secondsPerCall\" : 0 | secondsPerCall must be between",
        "\"secondsPerCall\" : 1.0E-7 | \"secondsPerCall\" : \"NaN\" | secondsPerCall must be"
            + " between 1.0E-12 and 1000000.0, got NaN",
        "\"secondsPerCall\" : 1.0E-7 | \"secondsPerCall\" : 1e999 | secondsPerCall must be between",
        "\"low\" : 9.0E-8 | \"low\" : 2 | interval must satisfy low <= median <= high",
        "\"disturbed\" : false | \"disturbed\" : \"no\" | boolean",
        "\"id\" : \"gemv/F32/FILE/cols=64,rows=64/b1/t1/L1\" | \"id\" : \" \" | id must not be"
            + " empty",
      })
  void aWrongValueIsNamedWithItsPlace(String sound, String wrong, String message)
      throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    String text = text(Document.MEASUREMENTS);
    assertThat(text).contains(sound);
    Files.writeString(
        file(Document.MEASUREMENTS), text.replaceFirst(quote(sound), wrong == null ? "" : wrong));

    assertOneLine(() -> folder.read(Document.MEASUREMENTS, MeasurementFile.class), message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "HOST | \"hostName\" : \"host\" | \"hostName\" : null | hostName must not be null",
        "SIMULATION | \"bottleneck\" : \"memory\" | \"bottleneck\" : null | bottleneck must",
        "SIMULATION | \"seconds\" : 0.01 | \"seconds\" : \"NaN\" | seconds must be finite, got NaN",
        "SIMULATION | \"provenance\" : [ \"DATASHEET\" ] | \"provenance\" : [ null ] | provenance",
        "SIMULATION | \"provenance\" : [ \"DATASHEET\" ] | \"provenance\" : null | provenance",
        "SIMULATION | \"kv\" : 2048 | \"kv\" : null | capacity.kv must not be null",
        "SIMULATION | \"median\" : 100.0 | \"median\" : \"Infinity\" | median must be finite",
        "SIMULATION | \"kvSelection\" : \"dense\" | \"kvSelection\" : null | kvSelection must",
        "VALIDATION | \"heldOut\" : \"size: 64x64\" | \"heldOut\" : null | heldOut must not be",
        "VALIDATION | \"measured\" : 1.0 | \"measured\" : \"NaN\" | measured must be finite",
        "VALIDATION | \"predicted\" : 1.1 | \"predicted\" : 0 | predicted must be finite and positive",
        "VALIDATION | \"low\" : 0.9 | \"low\" : \"NaN\" | low must be a number",
        "VALIDATION | \"kind\" : \"all\" | \"kind\" : null | kind must not be empty",
        "PROFILE | \"low\" : -0.1 | \"low\" : \"-Infinity\" | low must be finite",
        "QUALITY | \"contextTokens\" : 4096 | \"contextTokens\" : 0 | contextTokens must be",
        "EXPLORATION | \"parallelism\" : \"1 device\" | \"parallelism\" : null | parallelism must",
        "EXPLORATION | \"power_W\" : 500.0 | \"power_W\" : \"NaN\" | varied.power_W must be finite",
        "EXPLORATION | \"tokens_per_second\" : { | \"other\" : { | metrics.tokens_per_second of",
        "EXPLORATION | \"tokens_per_second\" : \"tokens/s\" | \"other\" : \"1\" |"
            + " units.tokens_per_second must not be null",
      })
  void aWrongValueOfAnyDocumentIsNamedWithItsFile(
      Document document, String sound, String wrong, String message) throws IOException {
    Record content = SampleDocuments.all().get(document);
    folder.write(document, content);
    String text = text(document);
    assertThat(text).contains(sound);
    Files.writeString(
        file(document), text.replaceFirst(quote(sound), Matcher.quoteReplacement(wrong)));

    assertOneLine(() -> folder.read(document, content.getClass()), message);
    assertOneLine(() -> folder.read(document, content.getClass()), document.fileName());
  }

  @Test
  void anIdThatIsThereTwiceIsRefused() throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    String one = Json.mapper().writeValueAsString(SampleDocuments.measurements().measurements());
    String element = one.substring(one.indexOf('['), one.lastIndexOf(']')).replaceFirst("\\[", "");
    Files.writeString(
        file(Document.MEASUREMENTS),
        "{\"schemaVersion\":1,\"runId\":\"r\",\"preset\":\"quick\",\"seed\":1,\"measurements\":["
            + element
            + ","
            + element
            + "]}");

    assertOneLine(
        () -> folder.read(Document.MEASUREMENTS, MeasurementFile.class),
        "measurements has the id gemv/F32/FILE/cols=64,rows=64/b1/t1/L1 twice");
  }

  @Test
  void deepNestingIsRefusedNotOverflown() throws IOException {
    Files.writeString(file(Document.HOST), "{\"schemaVersion\":1,\"a\":" + "[".repeat(100_000));

    assertOneLine(() -> folder.read(Document.HOST, HostFacts.class), "host.json is damaged");
  }

  @Test
  void aFailedWriteKeepsTheOldContentAndLeavesNothingBehind() throws IOException {
    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());
    String before = text(Document.MEASUREMENTS);
    // A folder where the temporary file should be makes the write fail, also for root.
    Path obstacle = Files.createDirectory(folder.path().resolve(".measurements.json.tmp"));
    Files.writeString(obstacle.resolve("file"), "");

    assertOneLine(
        () -> folder.write(Document.MEASUREMENTS, SampleDocuments.measurements()),
        "what was measured before is kept");

    assertThat(text(Document.MEASUREMENTS)).isEqualTo(before);
  }

  @Test
  void theTemporaryFileOfAKilledWriterIsReplaced() throws IOException {
    Files.writeString(folder.path().resolve(".measurements.json.tmp"), "x".repeat(100_000));

    folder.write(Document.MEASUREMENTS, SampleDocuments.measurements());

    assertThat(folder.read(Document.MEASUREMENTS, MeasurementFile.class))
        .isEqualTo(SampleDocuments.measurements());
    try (Stream<Path> files = Files.list(folder.path())) {
      assertThat(files).containsExactly(file(Document.MEASUREMENTS));
    }
  }

  @Test
  void aReaderNeverSeesHalfOfAWrite() throws InterruptedException {
    MeasurementFile small = SampleDocuments.measurements();
    MeasurementFile large = small.withMeasurements(many(small.measurements().getFirst()));
    folder.write(Document.MEASUREMENTS, small);
    AtomicBoolean done = new AtomicBoolean();
    AtomicReference<Throwable> failure = new AtomicReference<>();
    Thread reader =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (!done.get()) {
                      MeasurementFile seen =
                          folder.read(Document.MEASUREMENTS, MeasurementFile.class);
                      assertThat(seen.measurements().size()).isIn(1, 200);
                    }
                  } catch (RuntimeException | AssertionError e) {
                    failure.set(e);
                  }
                });
    for (int i = 0; i < 20; i++) {
      folder.write(Document.MEASUREMENTS, i % 2 == 0 ? large : small);
    }
    done.set(true);
    reader.join();
    assertThat(failure.get()).isNull();
  }

  @Test
  void askingForAnotherTypeThanTheDocumentHoldsIsAProgrammingError() {
    assertThatThrownBy(() -> folder.read(Document.HOST, ProfileFile.class))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HostFacts");
    assertThatThrownBy(() -> folder.write(Document.HOST, SampleDocuments.measurements()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("HostFacts");
  }

  private static List<Measurement> many(Measurement template) {
    return Stream.iterate(0, i -> i + 1)
        .limit(200)
        .map(
            i ->
                new Measurement(
                    template.id() + i,
                    template.kernel(),
                    template.format(),
                    template.layout(),
                    template.shape(),
                    template.batch(),
                    template.threads(),
                    template.residency(),
                    template.workingSetBytes(),
                    template.bytes(),
                    template.flops(),
                    template.samples(),
                    null,
                    null,
                    null,
                    null))
        .toList();
  }

  private static void assertOneLine(ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}"));
  }

  private static String quote(String literal) {
    return Pattern.quote(literal);
  }

  private Path file(Document document) {
    return folder.path().resolve(document.fileName());
  }

  private String text(Document document) {
    try {
      return Files.readString(file(document), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
