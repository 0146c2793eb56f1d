/** DRAM of any kind: channels, banks, rows, refresh, access granularity, Little's law. */
package dev.membound.model.memory.dram;
