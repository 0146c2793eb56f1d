/** Benchmarks of paged decode attention. */
package dev.membound.benchmarks.attention;
