package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LauncherIT {
  @Test
  void printsItsVersion() throws Exception {
    Program.Result result = Program.run("--version");

    assertThat(result.exitCode()).isZero();
    assertThat(result.out()).startsWith("membound 0.");
    assertThat(result.err()).isEmpty();
  }

  @Test
  void findsANewerJdkWhenJavaHomeIsTooOld(@TempDir Path oldJdk) throws Exception {
    makeJdk(oldJdk, "17.0.1");

    Program.Result result = Program.run(Map.of("JAVA_HOME", oldJdk.toString()), "--version");

    assertThat(result.exitCode()).isZero();
  }

  @Test
  void saysWhereItLookedWhenNoJdkIsNewEnough(@TempDir Path oldJdk) throws Exception {
    makeJdk(oldJdk, "21.0.2");

    Program.Result result =
        Program.run(
            Map.of(
                "JAVA_HOME",
                oldJdk.toString(),
                "PATH",
                oldJdk.resolve("bin") + ":/usr/bin:/bin",
                "MEMBOUND_JDK_FOLDERS",
                ""),
            "--version");

    // /usr/bin/java may be a JDK 25 on some machine; everywhere else the message must help.
    if (result.exitCode() != 0) {
      assertThat(result.exitCode()).isEqualTo(1);
      assertThat(result.err())
          .contains("no JDK 25 or newer", oldJdk + ": JDK 21", "JAVA_HOME", "Install one");
    }
  }

  @Test
  void worksThroughASymbolicLinkFromAnotherFolder(@TempDir Path folder) throws Exception {
    Path link = Files.createSymbolicLink(folder.resolve("mb"), Program.launcher());

    Program.Result result = Program.shell("cd / && " + link + " --version");

    assertThat(result.exitCode()).isZero();
  }

  private static void makeJdk(Path home, String version) throws Exception {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String tool : new String[] {"java", "javac"}) {
      Path file = Files.writeString(home.resolve("bin").resolve(tool), "#!/bin/sh\nexit 3\n");
      assertThat(file.toFile().setExecutable(true)).isTrue();
    }
  }
}
