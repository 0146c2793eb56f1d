package dev.membound.model.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.membound.model.study.Studies;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

/**
 * Opens the report in Chromium where there is one; {@code MEMBOUND_BROWSER} names another binary.
 */
class ReportInBrowserTest {
  /** Charts whose picture holds no data mark inside its plot. */
  private static final String CHARTS_WITHOUT_MARKS =
      """
      [...document.querySelectorAll('.chart')].filter((chart) => {
        const svg = chart.querySelector('svg');
        if (!svg || svg.clientWidth < 200 || svg.clientHeight < 60) return true;
        const shown = [...svg.querySelectorAll('path')].filter((path) => {
          const box = path.getBoundingClientRect();
          const fill = path.getAttribute('fill'), stroke = path.getAttribute('stroke');
          return box.width + box.height > 3 && (fill !== 'none' || stroke !== null);
        });
        return shown.length < 5 || svg.querySelectorAll('text').length < 4;
      }).map((chart) => chart.dataset.chart).join(' ')
      """;

  /** Texts of charts that leave their chart, or lie upon each other; slanted ones are left out. */
  private static final String UNREADABLE_TEXTS =
      """
      [...document.querySelectorAll('.chart')].flatMap((chart) => {
        const box = chart.getBoundingClientRect();
        const texts = [...chart.querySelectorAll('svg text')].filter((t) => t.textContent.trim() !== '')
          .map((t) => ({words: t.textContent, at: t.getBoundingClientRect(),
            slanted: /matrix\\((?!1,0)|rotate/.test(t.getAttribute('transform') || '')}));
        const cut = texts.filter(({at}) => at.left < box.left - 2 || at.right > box.right + 2
          || at.top < box.top - 2 || at.bottom > box.bottom + 2);
        const flat = texts.filter((t) => !t.slanted);
        const covered = flat.filter((a, i) => flat.slice(i + 1).some((b) =>
          Math.min(a.at.right, b.at.right) - Math.max(a.at.left, b.at.left) > 2
          && Math.min(a.at.bottom, b.at.bottom) - Math.max(a.at.top, b.at.top) > 4));
        return [...cut, ...covered].map((t) => chart.dataset.chart + ': ' + t.words);
      }).join('; ')
      """;

  @TempDir static Path folder;

  private static Browser browser;
  private static Path report;

  @BeforeAll
  static void open() throws Exception {
    Optional<Path> binary = Browser.find();
    assumeTrue(binary.isPresent(), "no Chromium or Chrome on the PATH; set MEMBOUND_BROWSER");
    browser = Browser.start(binary.get());
    report =
        Files.writeString(folder.resolve("report.html"), HtmlReport.render(SampleRun.documents(7)));
  }

  @AfterAll
  static void close() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1280, light", "1280, dark", "390, light", "360, dark"})
  void everyChartIsDrawnWithoutAConsoleMessageOrARequest(int width, String scheme)
      throws Exception {
    browser.emulate(width, 900, scheme);
    browser.open(report);
    // Every section of the sample run and every study has at least one.
    assertThat(browser.evaluate("+document.documentElement.dataset.charts").asInt())
        .isGreaterThanOrEqualTo(13 + Studies.ALL.size());
    assertThat(browser.evaluate(CHARTS_WITHOUT_MARKS).asString()).isEmpty();
    assertThat(browser.evaluate("document.documentElement.dataset.theme").asString())
        .isEqualTo(scheme);
    assertThat(browser.complaints()).isEmpty();
    assertThat(browser.requests())
        .allMatch(url -> url.equals(report.toUri().toString()) || url.startsWith("data:"));
  }

  @ParameterizedTest
  @CsvSource({"360", "390", "768", "1280", "1920"})
  void nothingIsWiderThanTheWindow(int width) throws Exception {
    browser.emulate(width, 900, "light");
    browser.open(report);
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(width);
  }

  @ParameterizedTest
  @CsvSource({"360", "485", "1280", "1400"})
  void noTextOfAChartIsCutOrUnderAnother(int width) throws Exception {
    browser.emulate(width, 900, "light");
    browser.open(report);
    assertThat(browser.evaluate(UNREADABLE_TEXTS).asString()).isEmpty();
  }

  @Test
  void yearsAndWholeNumbersStandInFullOnTheAxes() throws Exception {
    browser.emulate(1280, 900, "light");
    browser.open(report);
    String texts =
        "[...document.querySelectorAll('#figure-study-%s .chart svg text')]"
            + ".map((t) => t.textContent).join(' ')";
    assertThat(browser.evaluate(texts.formatted("memory-wall")).asString())
        .contains("2012", "2016", "2022")
        .doesNotContain("2,0");
    assertThat(browser.evaluate(texts.formatted("network-latency")).asString()).contains("1,024");
  }

  @Test
  void theThemeButtonRepaintsTheCharts() throws Exception {
    browser.emulate(1280, 900, "light");
    browser.open(report);
    String picture = "document.querySelector('.chart svg').outerHTML";
    String light = browser.evaluate(picture).asString();
    browser.evaluate("document.getElementById('theme').click()");
    assertThat(browser.evaluate("document.documentElement.dataset.theme").asString())
        .isEqualTo("dark");
    browser.await(picture + " !== " + new JsonMapper().writeValueAsString(light));
    assertThat(browser.complaints()).isEmpty();
  }

  @Test
  void aLegendEntryHidesItsSeries() throws Exception {
    browser.emulate(1280, 900, "light");
    browser.open(report);
    String paths = "document.querySelectorAll('#figure-share .chart svg path').length";
    int before = browser.evaluate(paths).asInt();
    browser.evaluate("document.querySelector('#figure-share .legend button').click()");
    browser.await(paths + " < " + before);
    browser.evaluate("document.querySelector('#figure-share .legend button').click()");
    browser.await(paths + " === " + before);
    assertThat(browser.complaints()).isEmpty();
  }
}
