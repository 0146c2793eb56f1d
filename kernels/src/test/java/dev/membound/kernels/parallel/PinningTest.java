package dev.membound.kernels.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PinningTest {
  @Test
  void isOffUnlessAskedFor() {
    assertThat(Pinning.isOn()).isFalse();
    Pinning.pinTo(0); // does nothing
  }

  @Test
  void bindsEachWorkerToOneProcessorWhenAskedFor() throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-D" + Pinning.PROPERTY + "=on",
            "-cp",
            System.getProperty("java.class.path"),
            Pinned.class.getName()));
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes());

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(out.strip()).matches("unsupported|true");
  }

  /** Runs in a JVM of its own: prints whether a pinned thread has one processor left. */
  static final class Pinned {
    public static void main(String[] arguments) throws Exception {
      if (!Pinning.isOn()) {
        System.out.println("unsupported");
        return;
      }
      Pinning.pinTo(0);
      String status =
          java.nio.file.Files.readString(java.nio.file.Path.of("/proc/thread-self/status"));
      String allowed =
          status
              .lines()
              .filter(line -> line.startsWith("Cpus_allowed_list:"))
              .map(line -> line.split("\\s+")[1])
              .findFirst()
              .orElse("");
      System.out.println(allowed.matches("\\d+"));
    }
  }
}
