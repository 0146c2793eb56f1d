package dev.membound.model.network;

/** Families of algorithms that a communication library may choose from. */
public enum CollectiveAlgorithm {
  /** Neighbour to neighbour, n − 1 steps: least bytes, all links busy. */
  RING,
  /** Halving, doubling, binomial trees, Bruck: ⌈log2 n⌉ steps. */
  TREE,
  /** Every device writes to all others at once: one or two steps, for devices that share memory. */
  DIRECT
}
