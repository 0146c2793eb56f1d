/** The picocli command tree of {@code ./membound}. */
package dev.membound.benchmarks.cli;
