package dev.membound.model.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.table.Glyphs;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RunSummaryTest {
  private final RunDocuments run = SampleRun.documents(7);

  @ParameterizedTest
  @EnumSource(Glyphs.class)
  void fitsAScreen(Glyphs glyphs) {
    List<String> lines = RunSummary.render(run, "runs/x/report.html", glyphs).lines().toList();
    assertThat(lines).hasSizeLessThanOrEqualTo(RunSummary.MAX_LINES);
    assertThat(lines).allMatch(line -> line.length() <= RunSummary.MAX_COLUMNS);
  }

  @Test
  void namesCeilingsKernelsErrorPredictionsAndTheReport() {
    String summary = RunSummary.render(run, "runs/x/report.html", Glyphs.UNICODE);
    assertThat(summary)
        .contains("read DRAM", "FMA peak", "gemv Q8_0 FILE", "attention F16 PAGED")
        .contains("Held-out error: median", "this-cpu", "h100-sxm", "does not fit")
        .endsWith("Report: runs/x/report.html\n");
  }

  @Test
  void isPlainAsciiOnATerminalThatKnowsNoMore() {
    String summary = RunSummary.render(run, "report.html", Glyphs.ASCII);
    assertThat(summary.chars()).allMatch(c -> c < 128);
  }

  @Test
  void moreKernelsThanLinesAreCounted() {
    List<Measurement> many = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      for (Measurement m : run.measurements().measurements()) {
        many.add(withLayout(m, m.layout() + i));
      }
    }
    MeasurementFile file = run.measurements();
    RunDocuments crowded =
        new RunDocuments(
            run.host(),
            new MeasurementFile(
                file.schemaVersion(), file.runId(), file.preset(), file.seed(), many),
            run.profile(),
            run.validation(),
            run.simulation());
    String summary = RunSummary.render(crowded, "report.html", Glyphs.UNICODE);
    assertThat(summary.lines().count()).isEqualTo(RunSummary.MAX_LINES);
    assertThat(summary).containsPattern("and \\d+ more in the report");
  }

  @Test
  void aBareRunStillHasASummary() {
    RunDocuments bare =
        new RunDocuments(
            run.host(),
            new MeasurementFile(1, "x", "quick", 1, List.of()),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertThat(RunSummary.render(bare, "report.html", Glyphs.UNICODE))
        .contains("No ceiling was measured", "No kernel result", "not validated", "Report: ");
  }

  @Test
  void controlCharactersOfTheMachineNeverReachTheTerminal() {
    RunDocuments hostile =
        new RunDocuments(
            SampleRun.host("CPU\u001b[2J\u0007"),
            run.measurements(),
            run.profile(),
            run.validation(),
            run.simulation());
    assertThat(RunSummary.render(hostile, "report.html", Glyphs.UNICODE))
        .contains("CPU?[2J?")
        .doesNotContain("\u001b", "\u0007");
  }

  private static Measurement withLayout(Measurement m, String layout) {
    return new Measurement(
        m.id() + layout,
        m.kernel(),
        m.format(),
        layout,
        m.shape(),
        m.batch(),
        m.threads(),
        m.residency(),
        m.workingSetBytes(),
        m.bytes(),
        m.flops(),
        m.samples(),
        m.secondsPerCall(),
        m.gigabytesPerSecond(),
        m.shareOfReadCeiling(),
        m.refused());
  }
}
