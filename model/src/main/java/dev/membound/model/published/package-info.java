/**
 * Results that others have published, as typed rows: what a row means is decided once, where it is
 * read. The files beside this package's resources say where each row comes from.
 */
package dev.membound.model.published;
