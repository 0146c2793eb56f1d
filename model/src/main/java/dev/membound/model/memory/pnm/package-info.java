/** Processing near memory: an accelerator on the memory module, behind a link to the host. */
package dev.membound.model.memory.pnm;
