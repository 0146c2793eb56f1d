/** Numbers that carry their unit, interval, provenance and source, and how to draw from them. */
package dev.membound.model.quantity;
