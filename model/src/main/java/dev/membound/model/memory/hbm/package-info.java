/** High bandwidth memory: stacks of DRAM beside the processor. */
package dev.membound.model.memory.hbm;
