/**
 * What a token costs: money (capital, energy, hosting), carbon (operational, embodied), and how
 * much of either a system turns into tokens.
 */
package dev.membound.model.cost;
