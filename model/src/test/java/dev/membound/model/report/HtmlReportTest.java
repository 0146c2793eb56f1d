package dev.membound.model.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.model.chart.Axis;
import dev.membound.model.chart.Mark;
import dev.membound.model.chart.MarkSeries;
import dev.membound.model.chart.RowChart;
import dev.membound.model.published.validate.FrozenPredictions;
import dev.membound.model.published.validate.GroupSummary;
import dev.membound.model.published.validate.PublishedPrediction;
import dev.membound.model.published.validate.PublishedPrediction.Basis;
import dev.membound.model.report.section.Ceilings;
import dev.membound.model.report.section.Figure;
import dev.membound.model.report.section.ReportSection;
import dev.membound.model.report.section.ReportSections;
import dev.membound.model.report.section.RunDocuments;
import dev.membound.model.run.Disturbance;
import dev.membound.model.run.Interval;
import dev.membound.model.run.Measurement;
import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.ProfileFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolder.Document;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.Sample;
import dev.membound.model.run.ValidationFile;
import dev.membound.model.table.Numbers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HtmlReportTest {
  private static final int TWO_MEGABYTES = 2_000_000;
  private static final String HOSTILE =
      "</script><script>alert(1)</script><!-- \"'&<img src=x onerror=alert(2)>";

  private final RunDocuments run = SampleRun.documents(7);

  @Test
  void everySectionAndFigureOfACompleteRunIsInThePage() {
    String html = HtmlReport.render(run);
    for (ReportSection section : ReportSections.ALL) {
      assertThat(html).contains("<section id=\"" + section.id() + "\"", "href=\"#" + section.id());
      assertThat(section.render(run).missing()).as(section.id()).isEmpty();
      for (Figure figure : section.render(run).figures()) {
        assertThat(html).contains("id=\"" + figure.id() + "\"", "data-chart=\"" + figure.id());
      }
    }
    assertThat(html).doesNotContain("class=\"missing\"");
  }

  @Test
  void idsAreUnique() {
    List<String> ids = new ArrayList<>();
    Matcher id = Pattern.compile(" id=\"([^\"]*)\"").matcher(markup(HtmlReport.render(run)));
    while (id.find()) {
      ids.add(id.group(1));
    }
    assertThat(ids).hasSizeGreaterThan(20).doesNotHaveDuplicates();
  }

  @Test
  void thePageIsBelowTwoMegabytes() {
    assertThat(HtmlReport.render(run).getBytes(StandardCharsets.UTF_8))
        .hasSizeLessThan(TWO_MEGABYTES);
  }

  @Test
  void nothingIsLoadedFromAnywhere() {
    String markup = markup(HtmlReport.render(run));
    Matcher link = Pattern.compile("(?i)(?:src|href|action|srcset)=\"([^\"]*)\"").matcher(markup);
    int links = 0;
    while (link.find()) {
      links++;
      assertThat(link.group(1)).matches("#.*|data:,");
    }
    assertThat(links).isGreaterThan(ReportSections.ALL.size());
    assertThat(Resources.styleSheet()).doesNotContain("url(", "@import");
    assertThat(markup).contains("default-src &#39;none&#39;");
  }

  @Test
  void textFromTheMachineCannotBreakOutOfMarkupOrScript() {
    List<Measurement> measurements = new ArrayList<>();
    for (Measurement m : run.measurements().measurements()) {
      measurements.add(
          new Measurement(
              m.id() + HOSTILE,
              m.kernel(),
              m.format() + HOSTILE,
              m.layout(),
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
              m.refused()));
    }
    RunDocuments hostile =
        new RunDocuments(
            SampleRun.host(HOSTILE),
            withMeasurements(measurements).measurements(),
            run.profile(),
            run.validation(),
            run.simulation());
    String html = HtmlReport.render(hostile);
    assertThat(html).doesNotContain("alert(1)</script>", "<img src=x", "<script>alert");
    assertThat(html).contains("\\u003c/script\\u003e", "&lt;/script&gt;");
    // the style sheet, the data and two scripts, as in a run without malice
    assertThat(Pattern.compile("</script>").matcher(html).results().count()).isEqualTo(3);
  }

  @Test
  void takeawaysFollowTheData() {
    RunDocuments other = SampleRun.documents(8);
    Map<String, String> before = takeaways(run);
    Map<String, String> after = takeaways(other);
    assertThat(after.keySet()).isEqualTo(before.keySet());
    assertThat(before.entrySet())
        .filteredOn(e -> e.getValue().equals(after.get(e.getKey())))
        .extracting(Map.Entry::getKey)
        .as("figures whose takeaway ignores that every measurement changed")
        // made from the simulation, a sweep and the profile, which the seed leaves alone; the chunk
        // curve differs by less than its sentence's digits; studies and what others have published
        // need no measurement
        .allMatch(
            id ->
                id.matches(
                    "figure-(rate|breakdown|kv|efficiency|exploration|chunks|study|published).*"));
  }

  @Test
  void theChunkTakeawaySaysWhenNoChunkIsLargeEnough() {
    assertThat(takeaways(run).get("figure-chunks")).contains("are needed for 90");
    assertThat(takeaways(slowed("chunk", 2)).get("figure-chunks"))
        .contains("even 64\u00a0KiB chunks stay at");
  }

  @Test
  void theShareTakeawayCountsWhoComesClose() {
    assertThat(takeaways(run).get("figure-share")).matches("\\d+ of 37 results reach 90 % .*");
    assertThat(takeaways(slowed("gemv", 3)).get("figure-share")).contains("best is topk");
  }

  @Test
  void copyIsShownWithBothWaysOfCountingItsBytes() {
    List<Measurement> measurements = new ArrayList<>(run.measurements().measurements());
    measurements.add(
        new Measurement(
            "copy/RAW/STREAM//b1/t1/DRAM",
            "copy",
            "RAW",
            "STREAM",
            Map.of("workingSetBytes", 2_000_000_000L),
            1,
            1,
            Residency.DRAM,
            2_000_000_000L,
            Map.of(
                "read",
                1_000_000_000L,
                "write",
                1_000_000_000L,
                Measurement.WRITE_ALLOCATE,
                1_000_000_000L),
            0,
            run.measurements().measurements().getFirst().samples(),
            new Interval(0.1, 0.1, 0.1),
            new Interval(20, 20, 20),
            null,
            null));
    String html = HtmlReport.render(withMeasurements(measurements));
    assertThat(html).containsPattern("copy DRAM(?s:.{1,200})20\\.0(?s:.{1,60})30\\.0");
    assertThat(HtmlReport.render(run)).doesNotContain("copy DRAM");
  }

  @Test
  void theRooflineTakeawayTellsMemoryFromArithmetic() {
    assertThat(takeaways(slowed("fma", 0.25)).get("figure-roofline"))
        .contains("bounds what any kernel can reach");
    assertThat(takeaways(slowed("fma", 4)).get("figure-roofline"))
        .contains("the others by arithmetic");
  }

  /** One thread has less arithmetic a byte than two: each result stands against its own ridge. */
  @Test
  void theRooflineTakeawayCountsEachResultAtTheRidgeOfItsThreads() {
    RunDocuments slow = slowed("fma", 4);
    Ceilings ceilings = Ceilings.of(slow);
    List<Measurement> fromDram =
        slow.kernels().stream().filter(m -> m.residency() == Residency.DRAM).toList();
    long left =
        fromDram.stream()
            .filter(
                m ->
                    m.flops() / (double) m.algorithmicBytes()
                        < ceilings.ridgeFlopsPerByte(m.threads()).orElseThrow())
            .count();
    assertThat(left).isBetween(1L, fromDram.size() - 1L);
    assertThat(takeaways(slow).get("figure-roofline").replace('\u00a0', ' '))
        .contains(
            " FLOP/B with 1 thread and ",
            " FLOP/B with 2 threads: " + left + " of " + fromDram.size() + " ");
  }

  @Test
  void heldOutSizesAreNamedByWhatTellsThemApart() {
    ValidationFile.Row row = run.validation().orElseThrow().rows().getFirst();
    List<ValidationFile.Row> rows = new ArrayList<>();
    rows.add(heldOut(row, "size: attention blockSize=16,context=128,headDim=128"));
    rows.add(heldOut(row, "size: attention blockSize=16,context=4096,headDim=128"));
    rows.add(heldOut(row, "size: topk blockSize=16,context=4096"));
    rows.add(heldOut(row, "kernel: attention/F16/PAGED"));
    RunDocuments sizes =
        new RunDocuments(
            run.host(),
            run.measurements(),
            run.profile(),
            Optional.of(
                new ValidationFile(
                    RunFolder.SCHEMA_VERSION,
                    "sample",
                    rows,
                    run.validation().orElseThrow().summaries())),
            run.simulation());
    assertThat(((RowChart) figure(sizes, "figure-errors").chart()).rows())
        .extracting(RowChart.Row::label)
        .containsExactly(
            "all held-out rows",
            "kernel: attention/F16/PAGED",
            "size: attention context=128",
            "size: attention context=4096",
            "size: topk blockSize=16,context=4096");
  }

  /** On a linear axis of −60 to +660 % nothing but the outlier could be told from zero. */
  @Test
  void anOutlierOfTheErrorsLeavesTheMedianToBeRead() {
    RowChart chart = (RowChart) figure(run, "figure-errors").chart();
    MarkSeries all = chart.series().getFirst();

    assertThat(chart.x().scale()).isEqualTo(Axis.Scale.LOG2);
    assertThat(all.marks()).hasSize(1);
    Mark middle = all.marks().getFirst();
    assertThat(middle.low()).isLessThan(middle.x());
    assertThat(middle.x()).isLessThan(middle.high());
    assertThat(chart.series().stream().skip(1).mapToInt(s -> s.marks().size()).sum())
        .isEqualTo(run.validation().orElseThrow().rows().size());
  }

  private static ValidationFile.Row heldOut(ValidationFile.Row row, String what) {
    return new ValidationFile.Row(
        what,
        what.substring(0, what.indexOf(':')),
        row.measurement(),
        row.measured(),
        row.predicted(),
        row.low(),
        row.high(),
        row.signedErrorPercent());
  }

  @Test
  void theSameRunGivesTheSamePage() {
    assertThat(HtmlReport.render(SampleRun.documents(7))).isEqualTo(HtmlReport.render(run));
  }

  @Test
  void missingDocumentsAreNamedAndTheRestIsShown() {
    RunDocuments partial =
        new RunDocuments(
            run.host(), run.measurements(), Optional.empty(), Optional.empty(), Optional.empty());
    String html = HtmlReport.render(partial);
    assertThat(html)
        .containsPattern(
            "profile.json is not in this run folder.* `./membound calibrate RUN-FOLDER`")
        .containsPattern(
            "validation.json is not in this run folder.* `./membound calibrate RUN-FOLDER`")
        .containsPattern(
            "simulation.json is not in this run folder.* `./membound run --resume RUN-FOLDER`")
        .contains("data-chart=\"figure-roofline\"", "data-chart=\"figure-share\"");
  }

  @Test
  void anEmptyMeasurementListStillGivesAPage() {
    RunDocuments empty =
        new RunDocuments(
            run.host(),
            withMeasurements(List.of()).measurements(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    String html = HtmlReport.render(empty);
    assertThat(html).contains("no measured DRAM read ceiling", "class=\"missing\"");
    assertThat(html.replaceAll("data-chart=\"figure-(study|published)", ""))
        .doesNotContain("data-chart=");
    assertThat(markup(html)).doesNotContain("NaN", "Infinity");
  }

  @Test
  void whatOthersHavePublishedIsDrawnRowByRowAndSummedUp() {
    List<PublishedPrediction> rows = FrozenPredictions.load();
    Figure figure =
        ReportSections.ALL.stream()
            .filter(section -> section.id().equals("published"))
            .findFirst()
            .orElseThrow()
            .render(run)
            .figures()
            .getFirst();
    List<PublishedPrediction> blind =
        rows.stream().filter(row -> row.basis() != Basis.FITTED_TO_IT).toList();
    GroupSummary all = GroupSummary.of("all", blind);

    assertThat(((RowChart) figure.chart()).series().stream().mapToInt(s -> s.marks().size()).sum())
        .isEqualTo(rows.size());
    assertThat(figure.takeaway())
        .contains(
            "Half of " + blind.size() + " published results",
            "within " + Numbers.percent(all.medianAbsolutePercent() / 100),
            "hold " + Numbers.percent(all.coveragePercent() / 100));
  }

  @Test
  void refusedResultsAreShownWithTheirReasonAndDrawnNowhere() {
    Measurement refused = run.refused().getFirst();
    String html = HtmlReport.render(run);
    assertThat(html).contains(refused.refused());
    assertThat(run.kernels()).doesNotContain(refused);
  }

  @Test
  void writesReportHtmlIntoTheRunFolder(@TempDir Path folder) throws Exception {
    RunFolder runFolder = RunFolder.create(folder);
    SampleRun.write(runFolder, run);
    HtmlReport.write(runFolder);
    assertThat(Files.readString(folder.resolve("report.html"))).isEqualTo(HtmlReport.render(run));
  }

  @Test
  void aFolderWithoutMeasurementsIsRefusedByName(@TempDir Path folder) {
    RunFolder runFolder = RunFolder.create(folder);
    runFolder.write(Document.HOST, run.host());
    assertThatThrownBy(() -> HtmlReport.write(runFolder))
        .isInstanceOf(RunFolderException.class)
        .hasMessageContaining("measurements.json");
  }

  @Test
  void parametersThatTheDataCannotTellAreListedWithTheReason() {
    ProfileFile profile = run.profile().orElseThrow();
    String html = HtmlReport.render(run);
    profile.notIdentifiable().forEach((name, why) -> assertThat(html).contains(name, why));
  }

  @Test
  void mediansOfDisturbedSamplesAreMarkedAndCounted() {
    assertThat(takeaways(run).get("figure-quality")).doesNotContain("medians are of disturbed");
    List<Measurement> measurements = new ArrayList<>(run.measurements().measurements());
    Measurement disturbed = disturbedButOne(measurements.getFirst());
    measurements.set(0, disturbed);
    RunDocuments busy = withMeasurements(measurements);

    assertThat(takeaways(busy).get("figure-quality"))
        .contains(
            "; 1 of "
                + measurements.size()
                + " medians are of disturbed samples too, since fewer than a third are"
                + " undisturbed");
    List<List<Object>> rows = figure(busy, "figure-quality").tables().getFirst().rows();
    assertThat(rows.getFirst()).contains(disturbed.id(), "all samples");
    assertThat(rows.subList(1, rows.size())).allSatisfy(r -> assertThat(r).contains("undisturbed"));
  }

  @Test
  void whatDisturbedTheSamplesIsCounted() {
    List<Measurement> measurements = new ArrayList<>(run.measurements().measurements());
    List<Sample> samples =
        List.of(
            new Sample(0, 0, 1e-3, false, 1, 0, 0, null, null, List.of()),
            new Sample(0, 1, 1e-3, true, 0.9, 0, 0, null, null, List.of(Disturbance.CORE_LOST)),
            new Sample(
                0,
                2,
                1e-3,
                true,
                0.9,
                0,
                9,
                null,
                null,
                List.of(Disturbance.CORE_LOST, Disturbance.JIT)));
    Measurement m = measurements.getFirst();
    measurements.set(
        0, with(m, samples, m.secondsPerCall(), m.gigabytesPerSecond(), m.shareOfReadCeiling()));
    int all = measurements.stream().mapToInt(each -> each.samples().size()).sum();

    List<List<Object>> rows =
        figure(withMeasurements(measurements), "figure-quality").tables().getFirst().rows();

    assertThat(rows)
        .containsExactly(
            List.of(Disturbance.CORE_LOST.description(), 2L, 200.0 / all),
            List.of(Disturbance.JIT.description(), 1L, 100.0 / all));
  }

  @Test
  void theKernelsCaptionSaysWhichSamplesTheMediansAreOf() {
    assertThat(figure(run, "figure-share").howToRead())
        .contains("undisturbed samples, or of all where fewer than a third are undisturbed");
  }

  private static Figure figure(RunDocuments documents, String id) {
    return ReportSections.ALL.stream()
        .flatMap(section -> section.render(documents).figures().stream())
        .filter(figure -> figure.id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static Measurement disturbedButOne(Measurement m) {
    List<Sample> samples = new ArrayList<>();
    for (Sample s : m.samples()) {
      samples.add(
          new Sample(
              s.fork(),
              s.iteration(),
              s.secondsPerCall(),
              !samples.isEmpty(),
              s.cpuOverWall(),
              s.stealFraction(),
              s.jitMilliseconds(),
              s.readCeilingBytesPerSecond()));
    }
    return with(m, samples, m.secondsPerCall(), m.gigabytesPerSecond(), m.shareOfReadCeiling());
  }

  /** The run with one family slower by a factor. */
  private RunDocuments slowed(String kernel, double factor) {
    return withMeasurements(
        run.measurements().measurements().stream()
            .map(m -> m.kernel().equals(kernel) ? slowed(m, factor) : m)
            .toList());
  }

  private static Measurement slowed(Measurement m, double factor) {
    return with(
        m,
        m.samples().stream().map(sample -> slowed(sample, factor)).toList(),
        scaled(m.secondsPerCall(), factor),
        scaled(m.gigabytesPerSecond(), 1 / factor),
        scaled(m.shareOfReadCeiling(), 1 / factor));
  }

  private static Measurement with(
      Measurement m, List<Sample> samples, Interval seconds, Interval rate, Interval share) {
    return new Measurement(
        m.id(),
        m.kernel(),
        m.format(),
        m.layout(),
        m.shape(),
        m.batch(),
        m.threads(),
        m.residency(),
        m.workingSetBytes(),
        m.bytes(),
        m.flops(),
        samples,
        seconds,
        rate,
        share,
        m.refused());
  }

  private static Sample slowed(Sample s, double factor) {
    return new Sample(
        s.fork(),
        s.iteration(),
        s.secondsPerCall() * factor,
        s.disturbed(),
        s.cpuOverWall(),
        s.stealFraction(),
        s.jitMilliseconds(),
        s.readCeilingBytesPerSecond());
  }

  private static Interval scaled(Interval i, double factor) {
    return i == null
        ? null
        : new Interval(i.median() * factor, i.low() * factor, i.high() * factor);
  }

  private RunDocuments withMeasurements(List<Measurement> measurements) {
    MeasurementFile file = run.measurements();
    return new RunDocuments(
        run.host(),
        new MeasurementFile(
            file.schemaVersion(), file.runId(), file.preset(), file.seed(), measurements),
        run.profile(),
        run.validation(),
        run.simulation());
  }

  private static Map<String, String> takeaways(RunDocuments run) {
    Map<String, String> takeaways = new HashMap<>();
    for (ReportSection section : ReportSections.ALL) {
      for (Figure figure : section.render(run).figures()) {
        takeaways.put(figure.id(), figure.takeaway());
      }
    }
    return takeaways;
  }

  /** The page without the scripts and their data. */
  private static String markup(String html) {
    return html.replaceAll("(?s)<script(?: [^>]*)?>.*?</script>", "<script></script>");
  }
}
