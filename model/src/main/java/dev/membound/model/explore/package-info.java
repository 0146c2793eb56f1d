/**
 * Design-space exploration: a sweep from a file, evaluated in chunks that survive a kill, and the
 * Pareto front of the metrics that it names.
 */
package dev.membound.model.explore;
