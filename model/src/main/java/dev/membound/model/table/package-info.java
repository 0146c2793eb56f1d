/** One table as data, shown as HTML, as aligned terminal text or as CSV. */
package dev.membound.model.table;
