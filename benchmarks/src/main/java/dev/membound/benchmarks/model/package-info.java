/** Benchmarks of the hardware model itself: how many predictions a second. */
package dev.membound.benchmarks.model;
