/**
 * Strict reading of catalogue files: one YAML file a model or device, units in the keys, a source
 * behind every value, and errors that name file, line and key.
 */
package dev.membound.model.catalogue;
