/** Which workloads each preset measures: one class a kernel family. */
package dev.membound.benchmarks.plan;
