/**
 * What each timed sample carries beside its time: whether something disturbed it, and the read
 * bandwidth of the machine at that moment.
 */
package dev.membound.benchmarks.sampling;
