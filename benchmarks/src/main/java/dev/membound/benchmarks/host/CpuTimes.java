package dev.membound.benchmarks.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Processor time of the whole machine since boot, in clock ticks: the first line of {@code
 * /proc/stat}.
 *
 * @param total all kinds together; 0 where the OS does not tell
 * @param steal what the hypervisor gave to others
 */
public record CpuTimes(long total, long steal) {
  private static final CpuTimes UNKNOWN = new CpuTimes(0, 0);
  // cpu user nice system idle iowait irq softirq steal guest guest_nice; guest is inside user
  private static final int STEAL_FIELD = 8;

  /** Reads {@code /proc/stat}; all zero where there is none. */
  public static CpuTimes now() {
    return read(Path.of("/proc/stat"));
  }

  static CpuTimes read(Path procStat) {
    try {
      return parse(Files.readString(procStat));
    } catch (IOException | NumberFormatException e) {
      return UNKNOWN;
    }
  }

  /** Share of the machine's time since {@code earlier} that the hypervisor took, 0 to 1. */
  public double stealFractionSince(CpuTimes earlier) {
    long elapsed = total - earlier.total;
    return elapsed <= 0 ? 0 : Math.max(0, (double) (steal - earlier.steal) / elapsed);
  }

  /** Share of the machine's time since boot that the hypervisor took, 0 to 1. */
  public double stealFraction() {
    return stealFractionSince(UNKNOWN);
  }

  private static CpuTimes parse(String stat) {
    int end = stat.indexOf('\n');
    String[] fields = (end < 0 ? stat : stat.substring(0, end)).trim().split(" +");
    if (!fields[0].equals("cpu") || fields.length <= STEAL_FIELD) {
      return UNKNOWN;
    }
    long total = 0;
    for (int i = 1; i <= STEAL_FIELD; i++) {
      total += Long.parseLong(fields[i]);
    }
    return new CpuTimes(total, Long.parseLong(fields[STEAL_FIELD]));
  }
}
