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
  TIME("s", "ns", 1e-9, "us", 1e-6, "ms", 1e-3, "s", 1.0, "years", 31_557_600.0),
  COMPUTE("FLOP/s", "GFLOPS", 1e9, "TFLOPS", 1e12, "PFLOPS", 1e15),
  ENERGY_PER_BYTE("J/B", "pJ_per_bit", 8e-12, "pJ_per_B", 1e-12),
  ENERGY_PER_FLOP("J/FLOP", "pJ_per_FLOP", 1e-12),
  POWER("W", "W", 1.0),
  POWER_DENSITY("W/m^2", "W_per_mm2", 1e6, "W_per_cm2", 1e4),
  AREA("m^2", "mm2", 1e-6),
  LENGTH("m", "nm", 1e-9),
  PRICE("USD", "USD", 1.0),
  PRICE_PER_BYTE("USD/B", "USD_per_GB", 1e-9),
  PRICE_PER_AREA("USD/m^2", "USD_per_mm2", 1e6, "USD_per_cm2", 1e4),
  PRICE_PER_ENERGY("USD/J", "USD_per_kWh", 1 / 3.6e6),
  /** Rent of a data centre: a month is a twelfth of a year of 365.25 days. */
  PRICE_PER_POWER_AND_TIME("USD/(W s)", "USD_per_kW_month", 1 / (1e3 * 2_629_800.0)),
  CARBON("kg CO2e", "kgCO2e", 1.0, "gCO2e", 1e-3),
  CARBON_PER_BYTE("kg CO2e/B", "gCO2e_per_GB", 1e-12),
  CARBON_PER_AREA("kg CO2e/m^2", "gCO2e_per_cm2", 10.0),
  CARBON_PER_ENERGY("kg CO2e/J", "gCO2e_per_kWh", 1e-3 / 3.6e6),
  CARBON_PER_POWER("kg CO2e/W", "kgCO2e_per_W", 1.0),
  ENERGY_PER_AREA("J/m^2", "kWh_per_cm2", 3.6e10),
  DENSITY("1/m^2", "per_mm2", 1e6, "per_cm2", 1e4),
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
