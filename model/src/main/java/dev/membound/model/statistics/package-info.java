/** Robust statistics of repeated timings: medians, and intervals that respect forks as clusters. */
package dev.membound.model.statistics;
