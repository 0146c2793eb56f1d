/** Processing in memory: multiply-accumulate units in the banks of a DRAM. */
package dev.membound.model.memory.pim;
