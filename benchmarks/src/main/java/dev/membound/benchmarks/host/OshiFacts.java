package dev.membound.benchmarks.host;

import dev.membound.model.run.HostFacts.CacheLevel;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import oshi.SystemInfo;
import oshi.hardware.CentralProcessor.ProcessorCache;
import oshi.hardware.HardwareAbstractionLayer;

/**
 * The same facts where there is no {@code /proc}; slower to start, so asked only for what lacks.
 */
final class OshiFacts {
  private HardwareAbstractionLayer hardware;

  Optional<String> cpuModel() {
    return ask(() -> hardware().getProcessor().getProcessorIdentifier().getName().trim())
        .filter(name -> !name.isEmpty());
  }

  List<String> cpuFlags() {
    return ask(() -> hardware().getProcessor().getFeatureFlags()).orElse(List.of());
  }

  /** oshi does not say who shares a cache: a last level of 3 is taken as shared by all. */
  List<CacheLevel> caches(int cores) {
    return ask(() ->
            hardware().getProcessor().getProcessorCaches().stream()
                .filter(cache -> cache.getType() != ProcessorCache.Type.INSTRUCTION)
                .filter(cache -> cache.getCacheSize() > 0)
                .map(
                    cache ->
                        new CacheLevel(
                            cache.getLevel(),
                            cache.getCacheSize(),
                            cache.getLevel() >= 3 ? cores : 1))
                .sorted(Comparator.comparingInt(CacheLevel::level))
                .toList())
        .orElse(List.of());
  }

  Optional<Long> memoryBytes() {
    return ask(() -> hardware().getMemory().getTotal()).filter(bytes -> bytes > 0);
  }

  Optional<Long> availableMemoryBytes() {
    return ask(() -> hardware().getMemory().getAvailable()).filter(bytes -> bytes > 0);
  }

  private synchronized HardwareAbstractionLayer hardware() {
    if (hardware == null) {
      hardware = new SystemInfo().getHardware();
    }
    return hardware;
  }

  private static <T> Optional<T> ask(Supplier<T> question) {
    try {
      return Optional.ofNullable(question.get());
    } catch (RuntimeException | LinkageError e) {
      return Optional.empty(); // an exotic platform: the fact is unknown
    }
  }
}
