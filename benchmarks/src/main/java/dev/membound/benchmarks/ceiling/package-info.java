/**
 * What this machine can do at most: read, copy and triad bandwidth, random chunks, load latency,
 * peak FMA. Each has a probe (the kernel and its buffers), a workload (the arithmetic) and a JMH
 * class.
 *
 * <p>The hot loops are never inlined, so that each compiles alike for every caller; and all buffers
 * come from shared arenas: a second kind of arena in the process made reads from L1 and L2 20 to 25
 * % slower, because the type profiles of the JDK's access methods are shared by all segments.
 */
package dev.membound.benchmarks.ceiling;
