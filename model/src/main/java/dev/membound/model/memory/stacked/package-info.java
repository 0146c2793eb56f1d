/** Logic stacked with DRAM: compute on the base die, or behind a wider interface of its own. */
package dev.membound.model.memory.stacked;
