/**
 * What this machine can do at most: read, copy and triad bandwidth, random chunks, load latency,
 * peak FMA. Each has a probe (the kernel and its buffers), a workload (the arithmetic) and a JMH
 * class.
 */
package dev.membound.benchmarks.ceiling;
