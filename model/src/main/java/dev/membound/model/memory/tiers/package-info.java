/** Several memories of one device: what lies where, and how many stacks of each are best. */
package dev.membound.model.memory.tiers;
