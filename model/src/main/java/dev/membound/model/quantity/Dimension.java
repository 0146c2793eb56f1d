package dev.membound.model.quantity;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A physical dimension with the unit suffixes that catalogue keys may end in. */
public enum Dimension {
  BANDWIDTH("B/s", "Gbps", 0.125e9, "MBps", 1e6, "GBps", 1e9, "GiBps", 0x1p30, "TBps", 1e12),
  CAPACITY(
      "B", "B", 1.0, "KB", 1e3, "KiB", 0x1p10, "MB", 1e6, "MiB", 0x1p20, "GB", 1e9, "GiB", 0x1p30,
      "TB", 1e12, "TiB", 0x1p40),
  TIME("s", "ns", 1e-9, "us", 1e-6, "ms", 1e-3, "s", 1.0),
  COMPUTE("FLOP/s", "GFLOPS", 1e9, "TFLOPS", 1e12, "PFLOPS", 1e15),
  ENERGY_PER_BYTE("J/B", "pJ_per_bit", 8e-12, "pJ_per_B", 1e-12),
  ENERGY_PER_FLOP("J/FLOP", "pJ_per_FLOP", 1e-12),
  POWER("W", "W", 1.0),
  POWER_DENSITY("W/m^2", "W_per_mm2", 1e6, "W_per_cm2", 1e4),
  AREA("m^2", "mm2", 1e-6),
  LENGTH("m", "nm", 1e-9),
  PRICE("USD", "USD", 1.0),
  CARBON("kg CO2e", "kgCO2e", 1.0),
  FREQUENCY("Hz", "MHz", 1e6, "GHz", 1e9),
  COUNT("1", "count", 1.0),
  RATIO("1", "ratio", 1.0);

  private final String siUnit;
  private final Map<String, Double> factors;

  Dimension(String siUnit, Object... suffixesAndFactors) {
    this.siUnit = siUnit;
    Map<String, Double> map = new LinkedHashMap<>();
    for (int i = 0; i < suffixesAndFactors.length; i += 2) {
      map.put((String) suffixesAndFactors[i], (Double) suffixesAndFactors[i + 1]);
    }
    factors = Collections.unmodifiableMap(map);
  }

  /** The SI unit that values of this dimension are kept in. */
  public String siUnit() {
    return siUnit;
  }

  /** SI units in one of the suffix, by suffix. */
  public Map<String, Double> factors() {
    return factors;
  }

  /** The dimension that a key suffix belongs to; empty when the suffix is no unit. */
  public static Optional<Dimension> ofSuffix(String suffix) {
    for (Dimension dimension : values()) {
      if (dimension.factors.containsKey(suffix)) {
        return Optional.of(dimension);
      }
    }
    return Optional.empty();
  }
}
