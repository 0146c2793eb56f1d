package dev.membound.kernels.memory;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whether large segments ask for transparent huge pages, and what the operating system answered.
 *
 * <p>{@code -Dmembound.hugepages=off} stops the asking.
 */
public final class HugePages {
  /** The property that turns the request off. */
  public static final String PROPERTY = "membound.hugepages";

  /** What happened to the requests of this process so far. */
  public enum Status {
    /** Nothing large has been allocated yet. */
    NOT_ASKED,
    /** {@code madvise(MADV_HUGEPAGE)} was accepted for every large segment. */
    ADVISED,
    /** The kernel refused at least one request. */
    REFUSED,
    /** Turned off by {@value HugePages#PROPERTY}. */
    OFF,
    /** This operating system has no {@code madvise}, or native access is not allowed. */
    UNSUPPORTED
  }

  private static final AtomicReference<Status> SEEN = new AtomicReference<>(Status.NOT_ASKED);

  private HugePages() {}

  /** What the operating system answered in this process. */
  public static Status status() {
    return LinuxMemory.isAvailable() ? SEEN.get() : Status.UNSUPPORTED;
  }

  static boolean isWanted() {
    return !"off".equalsIgnoreCase(System.getProperty(PROPERTY));
  }

  static void record(Status status) {
    SEEN.updateAndGet(seen -> seen == Status.REFUSED ? seen : status);
  }
}
