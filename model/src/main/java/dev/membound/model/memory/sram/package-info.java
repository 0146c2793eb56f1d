/** On-chip memory that holds a whole model, or its share: Groq, Cerebras. */
package dev.membound.model.memory.sram;
