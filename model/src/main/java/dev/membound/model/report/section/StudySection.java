package dev.membound.model.report.section;

import dev.membound.model.study.Study;
import dev.membound.model.study.StudyFigure;
import dev.membound.model.study.StudyResult;
import dev.membound.model.table.DataTable;
import java.util.ArrayList;
import java.util.List;

/** A study of published claims: the same in every report, for it needs no measurement. */
record StudySection(Study study) implements ReportSection {
  @Override
  public String id() {
    return "study-" + study.name();
  }

  @Override
  public String title() {
    return study.title();
  }

  @Override
  public SectionBody render(RunDocuments run) {
    StudyResult result = study.run();
    List<Figure> figures = new ArrayList<>();
    for (StudyFigure figure : result.figures()) {
      List<DataTable> tables = figures.isEmpty() ? result.tables() : List.of();
      figures.add(
          new Figure(
              "figure-" + id() + (figures.isEmpty() ? "" : "-" + (figures.size() + 1)),
              figure.title(),
              figure.takeaway(),
              figure.howToRead(),
              figure.chart(),
              tables));
    }
    return new SectionBody(
        List.of(study.question()), List.of(result.claimTable()), figures, List.of());
  }
}
