package dev.membound.benchmarks.suite;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CompilerTimeTest {
  @TempDir private Path tasks;

  @Test
  void waitingCountsOfCompilersOnly() throws IOException {
    thread("1", "main", "5 100 2");
    thread("2", "C2 CompilerThre", "5 7 2");
    thread("3", "C1 CompilerThre", "5 11 2");
    thread("4", "C2 CompilerThre", "damaged");
    Files.createDirectory(tasks.resolve("5")); // ended meanwhile

    assertThat(CompilerTime.waitedNanos(tasks)).isEqualTo(18);
    assertThat(CompilerTime.waitedNanos(tasks.resolve("none"))).isZero();
  }

  @Test
  void workAndWaitingOfCompilersCountTogether() throws IOException {
    thread("1", "C2 CompilerThre", "5 7 2");
    thread("2", "C1 CompilerThre", "1000 11 2");
    List<Path> compilers = List.of(tasks.resolve("1"), tasks.resolve("2"), tasks.resolve("ended"));

    assertThat(CompilerTime.ofCompilersNanos(compilers)).isEqualTo(1023);
    assertThat(CompilerTime.compilers()).isNotEmpty();
  }

  private void thread(String id, String name, String schedstat) throws IOException {
    Path folder = Files.createDirectory(tasks.resolve(id));
    Files.writeString(folder.resolve("comm"), name + "\n");
    Files.writeString(folder.resolve("schedstat"), schedstat + "\n");
  }
}
