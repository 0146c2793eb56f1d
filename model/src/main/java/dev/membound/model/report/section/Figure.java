package dev.membound.model.report.section;

import dev.membound.model.chart.Chart;
import dev.membound.model.table.DataTable;
import java.util.List;

/**
 * One picture.
 *
 * @param id anchor in the page; letters, digits and hyphens
 * @param title what is shown
 * @param takeaway one line that the data itself says
 * @param howToRead one line on the marks and axes
 * @param tables the numbers behind the picture
 */
public record Figure(
    String id,
    String title,
    String takeaway,
    String howToRead,
    Chart chart,
    List<DataTable> tables) {}
