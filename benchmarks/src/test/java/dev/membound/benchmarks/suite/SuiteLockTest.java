package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolderException;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SuiteLockTest {
  @TempDir private Path path;

  @Test
  void twoProcessesDoNotMeasureIntoOneFolder() throws IOException {
    RunFolder folder = RunFolder.open(path);
    try (FileChannel other = open(path.resolve("measuring.lock"));
        FileLock held = other.lock()) {
      assertThatThrownBy(() -> suite(folder).measure("id", 1))
          .isInstanceOf(RunFolderException.class)
          .hasMessageContaining(path + " is being measured into by another process");
    }
    assertThatThrownBy(() -> suite(folder).measure("id", 1))
        .hasMessageContaining("no benchmark could run");
  }

  private static Suite suite(RunFolder folder) {
    return new Suite(folder, Preset.SMOKE, Duration.ofSeconds(1), List.of(), new Silence());
  }

  private static FileChannel open(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
  }

  private static final class Silence implements Progress {
    @Override
    public void step(int done, int planned, String what, Duration remaining) {}

    @Override
    public void note(String line) {}

    @Override
    public void done() {}
  }
}
