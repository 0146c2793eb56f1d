package dev.membound.benchmarks.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
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

  /** Maven leaves a jar as it is whose own module has not changed. */
  @Test
  void buildsOnceAfterAChangeEvenIfTheJarStaysAsItWas(@TempDir Path folder) throws Exception {
    Path jdk = folder.resolve("jdk");
    makeJdk(jdk, "25.0.1");
    Files.copy(Program.launcher(), folder.resolve("membound"));
    executable(folder.resolve("mvnw"), "#!/bin/sh\necho built >>builds\n");
    Path jar = folder.resolve("benchmarks/target/membound-all.jar");
    Files.createDirectories(jar.getParent());
    Files.writeString(jar, "a jar");
    Files.setLastModifiedTime(jar, FileTime.from(Instant.parse("2026-01-01T00:00:00Z")));
    Files.writeString(folder.resolve("pom.xml"), "changed since");

    for (int start = 0; start < 2; start++) {
      Program.shell("JAVA_HOME=" + jdk + " sh " + folder.resolve("membound") + " --version");
    }

    assertThat(folder.resolve("builds")).hasContent("built");
  }

  private static void makeJdk(Path home, String version) throws Exception {
    Files.createDirectories(home.resolve("bin"));
    Files.writeString(home.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    for (String tool : new String[] {"java", "javac"}) {
      executable(home.resolve("bin").resolve(tool), "#!/bin/sh\nexit 3\n");
    }
  }

  private static void executable(Path file, String script) throws Exception {
    Files.writeString(file, script);
    assertThat(file.toFile().setExecutable(true)).isTrue();
  }
}
