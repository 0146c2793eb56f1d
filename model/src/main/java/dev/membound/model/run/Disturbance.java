package dev.membound.model.run;

/**
 * Why a sample counts as disturbed; a sample may have several reasons. Whoever measures sets the
 * limits.
 */
public enum Disturbance {
  /** The kernel's threads lost their cores: CPU time well below wall time × threads. */
  CORE_LOST("other threads had its cores"),

  /** The hypervisor took some of the machine's time. */
  STEAL("the hypervisor had its cores"),

  /** The JIT compiler worked beside it. */
  JIT("the JIT compiler worked"),

  /** The read ceilings before and after it differ. */
  CEILING_MOVED("the read ceilings before and after it differ"),

  /** The loops that read the ceiling were not compiled in the time that their warm-up may take. */
  CEILING_NOT_COMPILED("the loops of the read ceiling were not compiled"),

  /** The kernel's warm-up gave up after 20 s: something was still being compiled. */
  WARM_UP_CUT("the warm-up gave up before all was compiled"),

  /** A call allocated heap: vector code of the kernel was not yet compiled. */
  ALLOCATION("the kernel was not yet compiled and allocated");

  private final String description;

  Disturbance(String description) {
    this.description = description;
  }

  /** For people, after "disturbed because". */
  public String description() {
    return description;
  }
}
