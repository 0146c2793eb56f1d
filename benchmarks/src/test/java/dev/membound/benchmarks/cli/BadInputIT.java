package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every bad input gets one line on standard error that says what to do, and exit code 1. */
class BadInputIT {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          rum                                                        | run
          run --preset quickly                                       | expected smoke, quick or full
          run --presset quick                                        | --preset
          run --resume /nonexistent/run                              | no run folder at /nonexistent/run
          run --out /proc/nowhere                                    | choose another with --out
          calibrate /nonexistent/run                                 | no run folder at /nonexistent/run
          report /nonexistent/run                                    | no run folder at /nonexistent/run
          simulate --model llama-3.1-8c --device h100-sxm            | llama-3.1-8b
          simulate --model llama-3.1-8b --device h100                | h100-sxm
          simulate --model llama-3.1-8b --device h100-sxm --batch -1 | batch
          simulate --model llama-3.1-8b --device h100-sxm --context -5 | context
          simulate --model llama-3.1-8b --device h100-sxm --weights q9 | Q8_0
          quality --page 999 --run /tmp                              | at most 256
          quality --context 1024 --csv /nonexistent/x.csv --run /tmp | there is no folder /nonexistent
          study kv-wal                                               | did you mean 'kv-wall'
          calibrate --from /nonexistent.csv                          | there is no file /nonexistent.csv
          models llama-3.1-8c                                        | llama-3.1-8b
          quality --head-dim 63 --run /tmp                           | head dimension 63
          quality --query-heads 33554432 --kv-heads 1 --run /tmp     | more than an array holds
          quality --dump /nonexistent.safetensors --run /tmp         | cannot read /nonexistent.safetensors
          simulate --model llama-3.1-8b --device h100-sxm --count 8 --tp 3 | --count 8 is not TP x PP x DP x CP
          simulate --model llama-3.1-8b --device h100-sxm --count 8 --pp 3 | --count 8 is no multiple
          simulate --model llama-3.1-8b --device h100-sxm --tp 3     | 32 query heads
          simulate --model llama-3.1-8b --device h100-sxm --search x | LATENCY
          simulate --model llama-3.1-8b --device h100-hbf --kv-beside-weights | --force-kv-on-flash
          simulate --model llama-3.1-8b --device h100-sxm --count 2 --ep 2 | llama-3.1-8b has none
          simulate --model llama-3.1-8b --device h100-sxm --page 32  | --page goes with --top-k
          simulate --model llama-3.1-8b --device h100-sxm --acceptance 0.9 | goes with --draft-model
          simulate --model llama-3.1-8b --device h100-sxm --search latency --kv-modules 2 | leave out
          simulate --model llama-3.1-8b --device h100-sxm --kv-memory 2xhbm5 | 'hbm4'
          simulate --model llama-3.1-8b --device h100-sxm --kv-memory 0xhbm4 | must be positive
          simulate --model llama-3.1-8b --device hbm-pim --weights-memory hbm4 | inside its memory
          simulate --model llama-3.1-8b --device h100-sxm --kv-memory 2xhbm4 --kv-modules 2 | where the KV cache lies
          models llama-3.1-8c                                        | llama-3.1-8b
          devices h100-sxn                                           | h100-sxm
          """)
  void saysWhatToDo(String arguments, String expected) throws Exception {
    assertOneLine(Program.run(arguments.strip().split(" +")), expected);
  }

  @Test
  void aDamagedRunFileIsNamed() throws Exception {
    Files.writeString(folder.resolve("host.json"), "{\"schemaVersion\": 1, \"runId\": ");

    assertOneLine(Program.run("run", "--resume", folder.toString()), "host.json is damaged");
  }

  @Test
  void aForeignRunFileIsNamed() throws Exception {
    Files.writeString(folder.resolve("host.json"), "[1, 2, 3]");

    assertOneLine(Program.run("calibrate", folder.toString()), "not a Membound file");
  }

  @Test
  void aNewerSchemaIsRefused() throws Exception {
    Files.writeString(folder.resolve("host.json"), "{\"schemaVersion\": 99}");

    assertOneLine(Program.run("calibrate", folder.toString()), "schema version 99");
  }

  @Test
  void anUnknownKernelProviderIsRefused() throws Exception {
    Program.Result result =
        Program.run(
            Map.of("MEMBOUND_JVM_ARGS", "-Dmembound.kernels=1024"),
            "measure",
            "--preset",
            "smoke",
            "--out",
            folder.toString());

    assertOneLine(result, "expected scalar, 128, 256 or 512");
  }

  @Test
  void anUnknownKernelProviderIsRefusedByTheBenchmarksToo() throws Exception {
    Program.Result result =
        Program.run(
            Map.of("MEMBOUND_JVM_ARGS", "-Dmembound.kernels=1024"),
            "bench",
            "CallBenchmark",
            "-f",
            "1");

    assertOneLine(result, "expected scalar, 128, 256 or 512");
  }

  @Test
  void anUnknownKernelProviderOfTheForksAloneIsRefusedToo() throws Exception {
    Program.Result result =
        Program.run(
            "bench",
            "GemvBenchmark",
            "-f",
            "1",
            "-p",
            "format=F32",
            "-p",
            "layout=FILE",
            "-p",
            "rows=8",
            "-jvmArgsAppend",
            "-Dmembound.kernels=1024");

    assertThat(result.exitCode()).isEqualTo(1);
    assertThat(result.errLines().getLast())
        .startsWith("membound: no benchmark gave a result: ")
        .contains("expected scalar, 128, 256 or 512");
    assertThat(result.out()).doesNotContain("\tat ");
  }

  @Test
  void aFullDiskLosesNothing() throws Exception {
    // A file-size limit stands in for a full disk: writes beyond it fail the same way.
    Program.Result result =
        Program.shell("ulimit -f 24; exec \"$MEMBOUND\" measure --preset smoke --out " + folder);

    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    assertThat(result.errLines().getLast()).contains("cannot write").contains("is kept");
  }

  @Test
  void anotherJmhRunStopsMeasuringAtOnce(@TempDir Path temp) throws Exception {
    try (FileChannel lock =
            FileChannel.open(
                temp.resolve("jmh.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock held = lock.lock()) {
      Program.Result result =
          Program.run(
              Map.of("MEMBOUND_JVM_ARGS", "-Djava.io.tmpdir=" + temp),
              "measure",
              "--preset",
              "smoke",
              "--out",
              folder.toString());

      assertThat(held.isValid()).isTrue();
      assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
      assertThat(result.errLines().stream().filter(line -> line.contains("lock"))).hasSize(1);
      assertThat(result.errLines().getLast())
          .startsWith("membound: another JMH run holds the lock of this machine")
          .contains("--resume");
    }
  }

  private static void assertOneLine(Program.Result result, String expected) {
    assertThat(result.exitCode()).as(result.err()).isEqualTo(1);
    assertThat(result.errLines()).hasSize(1);
    assertThat(result.err()).startsWith("membound: ").contains(expected);
  }
}
