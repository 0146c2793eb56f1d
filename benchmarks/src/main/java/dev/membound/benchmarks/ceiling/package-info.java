/**
 * What this machine can do at most: read, copy and triad bandwidth, random chunks, load latency,
 * peak FMA. Each has a probe (the kernel and its buffers), a workload (the arithmetic) and a JMH
 * class.
 *
 * <p>The hot loops are never inlined: compiled into JMH's stub, the same read loop ran at 60 to 80
 * % of the speed that it has on its own.
 */
package dev.membound.benchmarks.ceiling;
