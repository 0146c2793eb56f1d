/** What people read at the end: the HTML report of a run folder and the summary on the terminal. */
package dev.membound.model.report;
