package dev.membound.model.report.section;

import dev.membound.model.study.Studies;
import java.util.List;
import java.util.stream.Stream;

/** The sections of the report, in the order of the page. A new section is one line here. */
public final class ReportSections {
  private static final List<ReportSection> OF_THE_RUN =
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
          new SampleQualitySection(),
          new PublishedSection());

  /** All sections: those of the run, then what others have published. */
  public static final List<ReportSection> ALL =
      Stream.concat(OF_THE_RUN.stream(), Studies.ALL.stream().map(StudySection::new)).toList();

  private ReportSections() {}
}
