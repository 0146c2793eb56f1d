/**
 * Our kernels beside those of other libraries: what is compared, and the table of it. The libraries
 * themselves are in the module {@code peers}, which only the Maven profile of that name builds;
 * {@link dev.membound.benchmarks.comparison.PeerCatalogue} is the door to them.
 */
package dev.membound.benchmarks.comparison;
