/**
 * What to measure, and measuring it: workloads, presets, the plan, the loop over forks and its
 * record.
 */
package dev.membound.benchmarks.suite;
