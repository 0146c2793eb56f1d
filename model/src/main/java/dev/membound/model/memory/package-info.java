/**
 * Simulators of memories behind one interface, one subpackage each. All give effective bandwidth,
 * latency and energy for an access pattern.
 */
package dev.membound.model.memory;
