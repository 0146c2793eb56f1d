/** Which hardware holds what: systems of devices, and the ledger of their capacity. */
package dev.membound.model.placement;
