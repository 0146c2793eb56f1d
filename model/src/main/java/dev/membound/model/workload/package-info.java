/**
 * What inference asks of the hardware: the operators of a phase with their bytes by kind and FLOPs,
 * independent of any device.
 */
package dev.membound.model.workload;
