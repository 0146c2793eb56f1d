package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.run.RunFolder.Document;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunOptionTest {
  @TempDir private Path runs;

  private Path run(String name, Document... documents) throws IOException {
    Path folder = Files.createDirectories(runs.resolve(name));
    for (Document document : documents) {
      Files.writeString(folder.resolve(document.fileName()), "{}");
    }
    return folder;
  }

  @Test
  void theNewestRunThatCameFarEnoughIsTaken() throws IOException {
    run("20260101T000000Z-vm", Document.HOST, Document.PROFILE);
    Path calibrated = run("20260102T000000Z-vm", Document.HOST, Document.PROFILE);
    Path measured = run("20260103T000000Z-vm", Document.HOST, Document.MEASUREMENTS);
    run("20260104T000000Z-vm", Document.HOST);
    RunOption option = new RunOption(runs);

    assertThat(option.folder(Document.PROFILE).path()).isEqualTo(calibrated);
    assertThat(option.find(Document.MEASUREMENTS).orElseThrow().path()).isEqualTo(measured);
  }

  @Test
  void unfinishedRunsAloneSayHowToFinishTheNewest() throws IOException {
    run("20260101T000000Z-vm", Document.HOST);
    Path newest = run("20260102T000000Z-vm", Document.HOST, Document.MEASUREMENTS);
    run("notes");
    RunOption option = new RunOption(runs);

    assertThat(option.find(Document.PROFILE)).isEmpty();
    assertThatThrownBy(() -> option.folder(Document.PROFILE))
        .isInstanceOf(UserInputException.class)
        .hasMessageContaining("profile.json")
        .hasMessageContaining("./membound run --resume " + newest);
  }

  @Test
  void noRunAtAllSaysHowToMakeOne() {
    for (Path empty : new Path[] {runs, runs.resolve("none")}) {
      assertThatThrownBy(() -> new RunOption(empty).folder(Document.VALIDATION))
          .isInstanceOf(UserInputException.class)
          .hasMessageContaining("`./membound run` makes one");
    }
  }
}
