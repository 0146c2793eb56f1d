package dev.membound.model.report.section;

/** One section of the report. */
public interface ReportSection {
  /** Anchor in the page; letters and hyphens. */
  String id();

  /** Heading. */
  String title();

  /** Whether it belongs to the page of this run: what nobody asked for needs no empty section. */
  default boolean belongsTo(RunDocuments run) {
    return true;
  }

  /** What this run has to say. */
  SectionBody render(RunDocuments run);
}
