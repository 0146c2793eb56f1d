/** High bandwidth flash: NAND dies stacked behind an interface as wide as that of HBM. */
package dev.membound.model.memory.hbf;
