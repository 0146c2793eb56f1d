/**
 * Devices: engines that compute, memories that feed them, links between them. Data-sheet devices
 * are YAML files; the CPU at hand comes from its calibrated profile.
 */
package dev.membound.model.device;
