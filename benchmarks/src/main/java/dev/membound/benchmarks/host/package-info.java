/** What the machine and the JVM say about themselves. */
package dev.membound.benchmarks.host;
