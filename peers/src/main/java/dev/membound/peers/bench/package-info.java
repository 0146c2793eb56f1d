/** JMH benchmarks of the peers, measured and recorded as the suite measures our own kernels. */
package dev.membound.peers.bench;
