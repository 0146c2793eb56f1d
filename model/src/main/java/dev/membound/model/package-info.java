/**
 * The hardware model: calibration against measurements, simulators of memory devices, LLM
 * workloads, the report. Knows nothing of the kernels; what it learns of them comes in a run
 * folder.
 */
package dev.membound.model;
