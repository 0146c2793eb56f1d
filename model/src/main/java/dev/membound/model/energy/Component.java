package dev.membound.model.energy;

/**
 * Something that takes energy.
 *
 * @param kind what it is
 * @param name for people: {@code memory hbm3}, {@code arithmetic FP8}
 * @param onModules whether it belongs to the KV modules and not to the devices
 */
public record Component(Kind kind, String name, boolean onModules) {

  /** Kinds of components. */
  public enum Kind {
    /** Bits moved between a memory and its engine. */
    MEMORY,
    /** Bits moved between devices, or between a module and its host. */
    LINK,
    /** Activations that stay on chip. */
    ON_CHIP,
    /** Floating-point operations with the movement inside the engine. */
    ARITHMETIC,
    /** Leakage and clocks, over all the time. */
    IDLE,
    /** Rest of the servers, over all the time. */
    HOST,
    /** What power supplies lose. */
    POWER_SUPPLY
  }

  /** Whether its energy falls with the voltage when the clock is lowered. */
  boolean followsClock() {
    return kind == Kind.ARITHMETIC || kind == Kind.ON_CHIP;
  }
}
