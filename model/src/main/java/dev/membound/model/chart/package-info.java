/**
 * Charts as data: what to draw, in which units, with which intervals. {@code report.js} draws them.
 */
package dev.membound.model.chart;
