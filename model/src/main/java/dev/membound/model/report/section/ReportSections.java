package dev.membound.model.report.section;

import java.util.List;

/** The sections of the report, in the order of the page. A new section is one line here. */
public final class ReportSections {
  /** All sections. */
  public static final List<ReportSection> ALL =
      List.of(
          new MachineSection(),
          new RooflineSection(),
          new KernelSection(),
          new ChunkSection(),
          new ValidationSection(),
          new NearMemorySection(),
          new SimulationSection(),
          new KvCapacitySection(),
          new SelectionQualitySection(),
          new ExplorationSection(),
          new ProfileSection(),
          new SampleQualitySection());

  private ReportSections() {}
}
