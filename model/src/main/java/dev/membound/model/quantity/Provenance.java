package dev.membound.model.quantity;

/** What stands behind a number. */
public enum Provenance {
  /** Timed on the machine at hand. */
  MEASURED,
  /** Estimated from measurements by the calibration. */
  FITTED,
  /** Printed by the maker of the device. */
  DATASHEET,
  /** Reported in a paper, a benchmark artifact or an article. */
  PUBLISHED,
  /** Chosen by us, with the reason in the source. */
  ASSUMED
}
