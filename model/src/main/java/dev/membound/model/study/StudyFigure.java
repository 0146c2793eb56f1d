package dev.membound.model.study;

import dev.membound.model.chart.Chart;

/**
 * One picture of a study.
 *
 * @param title what is shown
 * @param takeaway one line computed from the data
 * @param howToRead one line on the marks and axes
 */
public record StudyFigure(String title, String takeaway, String howToRead, Chart chart) {}
