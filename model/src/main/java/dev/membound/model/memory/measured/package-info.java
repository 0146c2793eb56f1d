/** A memory known by measured curves instead of structure: the calibrated CPU's DRAM. */
package dev.membound.model.memory.measured;
