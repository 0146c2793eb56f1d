/**
 * The sections of the report. A section turns the documents of a run into notes, figures and
 * tables; it knows nothing of HTML. To add one, implement {@link
 * dev.membound.model.report.section.ReportSection} and name it in {@link
 * dev.membound.model.report.section.ReportSections}.
 */
package dev.membound.model.report.section;
