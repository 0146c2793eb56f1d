package dev.membound.model.run;

/** The level of the memory hierarchy that a working set streams from, nearest first. */
public enum Residency {
  L1,
  L2,
  L3,
  DRAM
}
