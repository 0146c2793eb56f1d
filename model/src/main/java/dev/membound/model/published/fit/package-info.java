/**
 * Fits of the simulator's equations to timings of kernels and of serving that others have measured,
 * with everything left out that a fit is judged by.
 */
package dev.membound.model.published.fit;
