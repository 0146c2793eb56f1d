package dev.membound.benchmarks.host;

import dev.membound.model.run.HostFacts.CacheLevel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code /proc} and {@code /sys} under a root folder tell; empty where they are silent. */
record LinuxFiles(Path root) {
  private static final Pattern CHOSEN = Pattern.compile("\\[(\\w+)]");
  private static final Pattern SIZE = Pattern.compile("(\\d+)([KMG]?)");

  Optional<String> cpuModel() {
    return cpuInfo("model name").or(() -> cpuInfo("Model")).or(() -> cpuInfo("Hardware"));
  }

  List<String> cpuFlags() {
    return cpuInfo("flags")
        .or(() -> cpuInfo("Features"))
        .map(flags -> List.of(flags.split(" +")))
        .orElse(List.of());
  }

  List<CacheLevel> caches() {
    List<CacheLevel> caches = new ArrayList<>();
    for (Path index : children("sys/devices/system/cpu/cpu0/cache", "index")) {
      Optional<String> type = text(index.resolve("type"));
      OptionalLong level = number(index.resolve("level"));
      OptionalLong bytes = size(index.resolve("size"));
      if (type.isPresent()
          && !type.get().equals("Instruction")
          && level.isPresent()
          && bytes.isPresent()) {
        int sharers = text(index.resolve("shared_cpu_list")).map(LinuxFiles::countCpus).orElse(1);
        caches.add(new CacheLevel((int) level.getAsLong(), bytes.getAsLong(), sharers));
      }
    }
    caches.sort(Comparator.comparingInt(CacheLevel::level));
    return caches;
  }

  Optional<String> transparentHugePages() {
    return text(root.resolve("sys/kernel/mm/transparent_hugepage/enabled"))
        .map(CHOSEN::matcher)
        .filter(Matcher::find)
        .map(m -> m.group(1));
  }

  Optional<String> frequencyGovernor() {
    return text(root.resolve("sys/devices/system/cpu/cpu0/cpufreq/scaling_governor"));
  }

  /** A line of {@code /proc/meminfo}, in bytes. */
  OptionalLong memory(String name) {
    return lines(root.resolve("proc/meminfo"))
        .filter(line -> line.startsWith(name + ":"))
        .findFirst()
        .map(line -> line.replaceAll("\\D", ""))
        .filter(digits -> !digits.isEmpty())
        .map(digits -> OptionalLong.of(Long.parseLong(digits) << 10))
        .orElse(OptionalLong.empty());
  }

  /**
   * Bytes that the control groups of this process still allow, versions 1 and 2: the least of its
   * own and of all above it; empty without a limit.
   */
  OptionalLong controlGroupHeadroomBytes() {
    return controlGroupFolders()
        .map(folder -> headroom(folder, "memory.max", "memory.current"))
        .filter(OptionalLong::isPresent)
        .mapToLong(OptionalLong::getAsLong)
        .min();
  }

  private Stream<Path> controlGroupFolders() {
    Path mount = root.resolve("sys/fs/cgroup");
    Set<Path> folders = new LinkedHashSet<>();
    folders.add(mount);
    folders.add(mount.resolve("memory"));
    lines(root.resolve("proc/self/cgroup"))
        .map(line -> line.split(":", 3))
        .filter(parts -> parts.length == 3)
        .forEach(
            parts -> {
              String path = parts[2].replaceFirst("^/", "");
              if (parts[1].isEmpty()) {
                addUpTo(mount, path, folders);
              } else if (List.of(parts[1].split(",")).contains("memory")) {
                addUpTo(mount.resolve("memory"), path, folders);
              }
            });
    return folders.stream();
  }

  /**
   * A group and those above it, whose limits hold for it too. In a container the path may lead out
   * of the mount, of which nothing is seen then.
   */
  private static void addUpTo(Path mount, String group, Set<Path> folders) {
    Path folder = mount.resolve(group).normalize();
    while (folder != null && folder.startsWith(mount)) {
      folders.add(folder);
      folder = folder.getParent();
    }
  }

  private static OptionalLong headroom(Path folder, String limitV2, String usedV2) {
    OptionalLong limit = number(folder.resolve(limitV2));
    OptionalLong used = number(folder.resolve(usedV2));
    if (limit.isEmpty()) {
      limit = number(folder.resolve("memory.limit_in_bytes"));
      used = number(folder.resolve("memory.usage_in_bytes"));
    }
    // Version 1 says "no limit" with a number near 2^63.
    return limit.isEmpty() || limit.getAsLong() > 1L << 60
        ? OptionalLong.empty()
        : OptionalLong.of(Math.max(0, limit.getAsLong() - used.orElse(0)));
  }

  private Optional<String> cpuInfo(String key) {
    return lines(root.resolve("proc/cpuinfo"))
        .filter(line -> line.startsWith(key) && line.indexOf(':') > 0)
        .filter(line -> line.substring(0, line.indexOf(':')).trim().equals(key))
        .map(line -> line.substring(line.indexOf(':') + 1).trim())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  private static int countCpus(String list) {
    int count = 0;
    for (String range : list.split(",")) {
      String[] ends = range.trim().split("-");
      try {
        count += Integer.parseInt(ends[ends.length - 1]) - Integer.parseInt(ends[0]) + 1;
      } catch (NumberFormatException e) {
        return 1;
      }
    }
    return Math.max(1, count);
  }

  private List<Path> children(String folder, String prefix) {
    try (Stream<Path> files = Files.list(root.resolve(folder))) {
      return files.filter(f -> f.getFileName().toString().startsWith(prefix)).sorted().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  private static Stream<String> lines(Path file) {
    return text(file).stream().flatMap(String::lines);
  }

  private static OptionalLong number(Path file) {
    return text(file)
        .filter(text -> text.matches("\\d{1,18}"))
        .map(text -> OptionalLong.of(Long.parseLong(text)))
        .orElse(OptionalLong.empty());
  }

  private static OptionalLong size(Path file) {
    Optional<Matcher> size = text(file).map(SIZE::matcher).filter(Matcher::matches);
    if (size.isEmpty()) {
      return OptionalLong.empty();
    }
    int shift =
        switch (size.get().group(2)) {
          case "K" -> 10;
          case "M" -> 20;
          case "G" -> 30;
          default -> 0;
        };
    return OptionalLong.of(Long.parseLong(size.get().group(1)) << shift);
  }

  private static Optional<String> text(Path file) {
    try {
      return Optional.of(Files.readString(file).strip()).filter(text -> !text.isEmpty());
    } catch (IOException | RuntimeException e) {
      return Optional.empty(); // absent, unreadable, or not text: the fact is unknown
    }
  }
}
