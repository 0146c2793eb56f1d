/**
 * Predictions: the time of every operator on the engine that its placement names, one law for all
 * devices, and intervals from what is not known exactly.
 */
package dev.membound.model.simulate;
