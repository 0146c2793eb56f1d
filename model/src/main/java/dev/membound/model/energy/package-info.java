/**
 * Energy of a phase by component (bits moved a tier and link, arithmetic by format, static power
 * over time), and what a power cap does to clock and time.
 */
package dev.membound.model.energy;
