package dev.membound.model.report.section;

/** One section of the report. */
public interface ReportSection {
  /** Anchor in the page; letters and hyphens. */
  String id();

  /** Heading. */
  String title();

  /** What this run has to say. */
  SectionBody render(RunDocuments run);
}
