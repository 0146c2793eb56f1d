package dev.membound.model.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.membound.model.calibrate.Calibration;
import dev.membound.model.run.RunFolder.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/**
 * No bytes make a run folder fail in another way than with one line for the user. Runs the seed
 * inputs as a test; fuzzes with {@code JAZZER_FUZZ=1 ./mvnw -pl model test
 * -Dtest=RunFolderFuzzTest}.
 */
class RunFolderFuzzTest {
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreReadOrRefusedInOneLine(FuzzedDataProvider data) throws IOException {
    Document document = data.pickValue(Document.values());
    byte[] content = data.consumeRemainingAsBytes();
    Path path = Files.createTempDirectory("fuzz");
    Path file = path.resolve(document.fileName());
    try {
      Files.write(file, content);
      RunFolder folder = RunFolder.open(path);
      Class<? extends Record> type = SampleDocuments.all().get(document).getClass();
      Record read = folder.read(document, type);
      // What was accepted survives a round trip.
      folder.write(document, read);
      assertThat((Object) folder.read(document, type)).isEqualTo(read);
    } catch (RunFolderException e) {
      assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}");
    } finally {
      Files.deleteIfExists(file);
      Files.delete(path);
    }
  }

  @FuzzTest(maxDuration = "60s")
  void anyMeasurementsAreCalibratedOrRefusedInOneLine(FuzzedDataProvider data) throws IOException {
    byte[] content = data.consumeRemainingAsBytes();
    Path path = Files.createTempDirectory("fuzz");
    try {
      RunFolder folder = RunFolder.create(path);
      for (Map.Entry<Document, Record> document : SampleDocuments.all().entrySet()) {
        folder.write(document.getKey(), document.getValue());
      }
      Files.write(path.resolve(Document.MEASUREMENTS.fileName()), content);
      Calibration calibration = Calibration.run(folder);
      assertThat(calibration.profile().runId()).isEqualTo("run-1");
    } catch (RunFolderException e) {
      assertThat(e.getMessage()).doesNotContainPattern("\\p{Cntrl}");
    } finally {
      for (Document document : Document.values()) {
        Files.deleteIfExists(path.resolve(document.fileName()));
      }
      Files.delete(path);
    }
  }
}
