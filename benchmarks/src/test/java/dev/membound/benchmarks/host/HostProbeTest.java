package dev.membound.benchmarks.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.run.HostFacts;
import dev.membound.model.run.HostFacts.CacheLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HostProbeTest {
  @TempDir Path root;

  @Test
  void tellsAboutThisMachine() {
    HostFacts facts = HostProbe.ofThisMachine().facts("run", "2026-01-01T00:00:00Z", List.of("-X"));
    assertThat(facts.cores()).isPositive();
    assertThat(facts.memoryBytes()).isGreaterThan(1 << 20);
    assertThat(facts.cpuModel()).isNotBlank();
    assertThat(facts.stealFraction()).isBetween(0.0, 1.0);
    assertThat(facts.jvm()).contains(Runtime.version().toString());
    assertThat(facts.jvmFlags()).containsExactly("-X");
    assertThat(facts.memboundVersion()).matches("\\d+[.]\\d+.*");
    assertThat(facts.memboundBuild().code()).matches("[0-9a-f]{16}");
    assertThat(HostProbe.ofThisMachine().availableMemoryBytes())
        .isPositive()
        .isLessThanOrEqualTo(facts.memoryBytes());
  }

  @Test
  void readsTheFilesOfALinuxMachine() throws IOException {
    write("proc/cpuinfo", "processor\t: 0\nmodel name\t: Some CPU 9000\nflags\t\t: fma avx2\n");
    write("proc/meminfo", "MemTotal:        8 kB\nMemAvailable:    6 kB\n");
    write("proc/stat", "cpu  10 0 10 70 0 0 0 10 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n");
    write("sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n");
    write("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "performance\n");
    cache(0, "1", "Data", "48K", "0,8");
    cache(1, "1", "Instruction", "32K", "0,8");
    cache(3, "3", "Unified", "32M", "0-7,16-23");
    cache(2, "2", "Unified", "1024K", "0,8");

    HostFacts facts = new HostProbe(root).facts("run", "now", List.of());
    assertThat(facts.cpuModel()).isEqualTo("Some CPU 9000");
    assertThat(facts.cpuFlags()).containsExactly("fma", "avx2");
    assertThat(facts.memoryBytes()).isEqualTo(8192);
    assertThat(facts.transparentHugePages()).isEqualTo("madvise");
    assertThat(facts.frequencyGovernor()).isEqualTo("performance");
    assertThat(facts.stealFraction()).isEqualTo(0.1);
    assertThat(facts.caches())
        .containsExactly(
            new CacheLevel(1, 48 << 10, 2),
            new CacheLevel(2, 1 << 20, 2),
            new CacheLevel(3, 32 << 20, 16));
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(6144);
  }

  @Test
  void aControlGroupLimitsTheAvailableMemory() throws IOException {
    write("proc/meminfo", "MemAvailable:    1000 kB\n");
    write("proc/self/cgroup", "0::/box\n");
    write("sys/fs/cgroup/box/memory.max", "max\n");
    write("sys/fs/cgroup/box/memory.current", "4096\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(1000 << 10);
    write("sys/fs/cgroup/box/memory.max", "10240\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(6144);
  }

  @Test
  void theLeastLimitOfTheControlGroupsAboveHolds() throws IOException {
    write("proc/meminfo", "MemAvailable:    1000 kB\n");
    write("proc/self/cgroup", "4:memory:/outer/inner/own\n0::/outer/inner/own\n");
    write("sys/fs/cgroup/outer/inner/own/memory.max", "max\n");
    write("sys/fs/cgroup/outer/inner/memory.max", "20480\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(20480);
    write("sys/fs/cgroup/outer/memory.max", "10240\n");
    write("sys/fs/cgroup/outer/memory.current", "4096\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(6144);
    write("sys/fs/cgroup/memory/outer/memory.limit_in_bytes", "5120\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(5120);
  }

  @Test
  void aPathOutOfTheMountLeavesTheMount() throws IOException {
    write("proc/meminfo", "MemAvailable:    1000 kB\n");
    write("proc/self/cgroup", "0::/../../elsewhere\n");
    write("sys/elsewhere/memory.max", "10\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(1000 << 10);
  }

  @Test
  void aVersionOneControlGroupDoesTheSame() throws IOException {
    write("proc/meminfo", "MemAvailable:    1000 kB\n");
    write("proc/self/cgroup", "4:memory:/box\n1:cpu:/\n");
    write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "8192\n");
    write("sys/fs/cgroup/memory/box/memory.usage_in_bytes", "9000\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isZero();
    write("sys/fs/cgroup/memory/box/memory.limit_in_bytes", "9223372036854771712\n");
    assertThat(new HostProbe(root).availableMemoryBytes()).isEqualTo(1000 << 10);
  }

  @Test
  void missingAndDamagedFilesLeaveFactsUnknown() throws IOException {
    write("proc/stat", "cpu  10 x\n");
    write("proc/meminfo", "MemTotal: lots\n");
    write("sys/kernel/mm/transparent_hugepage/enabled", "");
    cache(0, "one", "Data", "48Q", "?");
    HostFacts facts = new HostProbe(root).facts("run", "now", List.of());
    assertThat(facts.transparentHugePages()).isEqualTo("unknown");
    assertThat(facts.frequencyGovernor()).isEqualTo("unknown");
    assertThat(facts.stealFraction()).isZero();
    assertThat(facts.cpuModel()).isNotBlank();
  }

  @Test
  void stealIsAShareOfTheTimeBetweenTwoReadings() throws IOException {
    write("a", "cpu 100 0 0 0 0 0 0 0 0 0\n");
    write("b", "cpu 160 0 0 0 0 0 0 40 9 9\n");
    CpuTimes earlier = CpuTimes.read(root.resolve("a"));
    CpuTimes later = CpuTimes.read(root.resolve("b"));
    assertThat(later.stealFractionSince(earlier)).isCloseTo(0.4, Offset.offset(1e-12));
    assertThat(earlier.stealFractionSince(earlier)).isZero();
    assertThat(CpuTimes.read(root.resolve("none")).stealFraction()).isZero();
  }

  private void cache(int index, String level, String type, String size, String shared)
      throws IOException {
    String folder = "sys/devices/system/cpu/cpu0/cache/index" + index + "/";
    write(folder + "level", level + "\n");
    write(folder + "type", type + "\n");
    write(folder + "size", size + "\n");
    write(folder + "shared_cpu_list", shared + "\n");
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }
}
