package dev.membound.kernels.parallel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PinningTest {
  @Test
  void isOffUnlessAskedFor() {
    assertThat(Pinning.isOn()).isFalse();
    Pinning.pinTo(0); // does nothing
    assertThat(Pinning.asWorker(0, () -> "done")).isEqualTo("done");
  }

  @Test
  void bindsEachWorkerToOneProcessorWhenAskedFor() throws Exception {
    assertThat(printedBy(Pinned.class)).matches("unsupported|true");
  }

  @Test
  void whoStandsInForAWorkerHasItsOwnProcessorsBackAfterwards() throws Exception {
    assertThat(printedBy(StandIn.class)).matches("unsupported|true true true true");
  }

  private static String printedBy(Class<?> main) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(
        List.of(
            "--enable-native-access=ALL-UNNAMED",
            "-D" + Pinning.PROPERTY + "=on",
            "-cp",
            System.getProperty("java.class.path"),
            main.getName()));
    Process process = new ProcessBuilder(command).start();
    String out = new String(process.getInputStream().readAllBytes());
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    return out.strip();
  }

  private static String allowedProcessors() {
    try (Stream<String> status = Files.lines(Path.of("/proc/thread-self/status"))) {
      return status
          .filter(line -> line.startsWith("Cpus_allowed_list:"))
          .map(line -> line.split("\\s+")[1])
          .findFirst()
          .orElse("");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Runs in a JVM of its own: prints whether a pinned thread has one processor left. */
  static final class Pinned {
    public static void main(String[] arguments) {
      if (!Pinning.isOn()) {
        System.out.println("unsupported");
        return;
      }
      Pinning.pinTo(0);
      System.out.println(allowedProcessors().matches("\\d+"));
    }
  }

  /**
   * Runs in a JVM of its own: prints whether a thread that stands in for worker 0 has the same
   * processor as one pinned to it, and its own ones after a work that ended and one that threw.
   */
  static final class StandIn {
    public static void main(String[] arguments) throws Exception {
      if (!Pinning.isOn()) {
        System.out.println("unsupported");
        return;
      }
      AtomicReference<String> pinned = new AtomicReference<>();
      Thread worker =
          new Thread(
              () -> {
                Pinning.pinTo(0);
                pinned.set(allowedProcessors());
              });
      worker.start();
      worker.join();
      String before = allowedProcessors();
      String during = Pinning.asWorker(0, PinningTest::allowedProcessors);
      String after = allowedProcessors();
      boolean thrown = false;
      try {
        Pinning.asWorker(
            0,
            () -> {
              throw new IllegalStateException("on purpose");
            });
      } catch (IllegalStateException e) {
        thrown = true;
      }
      System.out.println(
          during.equals(pinned.get())
              + " "
              + after.equals(before)
              + " "
              + thrown
              + " "
              + allowedProcessors().equals(before));
    }
  }
}
