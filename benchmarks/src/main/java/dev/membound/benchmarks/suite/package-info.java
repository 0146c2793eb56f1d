/**
 * The measuring suite: what a benchmark tells about itself, what the forked JVMs run with, and what
 * becomes of their samples.
 */
package dev.membound.benchmarks.suite;
