package dev.membound.model.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.membound.model.table.DataTable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class StudiesTest {
  static Stream<Study> all() {
    return Studies.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("all")
  void everyStudyHasATableAChartAndAVerdictForEveryClaim(Study study) {
    StudyResult result = study.run();
    assertThat(study.name()).matches("[a-z0-9-]+");
    assertThat(result.tables()).isNotEmpty();
    assertThat(result.figures())
        .isNotEmpty()
        .allSatisfy(figure -> assertThat(figure.chart().nothingToDraw()).isFalse());
    assertThat(result.claims())
        .allSatisfy(
            claim -> {
              assertThat(claim.verdict()).isNotNull();
              assertThat(claim.because()).isNotBlank();
              assertThat(claim.source()).isNotBlank();
              assertThat(claim.computed()).containsPattern("\\d");
            });
  }

  @ParameterizedTest
  @MethodSource("all")
  void aStudyIsTheSameEveryTime(Study study) {
    assertThat(study.run().claims()).isEqualTo(study.run().claims());
    assertThat(study.run().tables()).isEqualTo(study.run().tables());
  }

  /** The takeaway's ratio is the claim's: both read the entries as the kernels keep them. */
  @Test
  void theFigureOfSparseAttentionAgreesWithItsClaim() {
    StudyResult result = Studies.find("dsa-traffic").run();
    assertThat(result.figures().getFirst().takeaway())
        .contains("1.46 times less at 2,048 tokens", "8.10 times less at 131,072");
    assertThat(result.claims().getLast().computed()).isEqualTo("8.10×");
  }

  /**
   * 302.5 W of cap, 66.7 W a width of HBM, 105 W of logic: the logic gives way at 2.96, not 2.5.
   */
  @Test
  void theLogicKeepsItsClockUntilTheCapBinds() {
    assertThat(Studies.find("stacking").run().figures().getFirst().takeaway())
        .contains("At 303 W", "full clock up to 2.96 times", "none left at 4.54 times");
  }

  /** The record of every verdict and number, as {@code ./membound study NAME} prints them. */
  @ParameterizedTest
  @MethodSource("all")
  void theDocumentationHasTheClaimsOfEveryStudyAndNoOthers(Study study) throws IOException {
    String guide = plain(Files.readString(Path.of("..", "docs", "studies.md")));
    String heading = "(`" + study.name() + "`)\n";
    assertThat(guide.lines().filter(line -> (line + "\n").endsWith(heading)).toList())
        .as("sections '## Title %s' of docs/studies.md", heading.strip())
        .hasSize(1);
    String section = guide.substring(guide.indexOf(heading));
    String claims = section.split("```\n", 3)[1];

    assertThat(claims.lines().toList())
        .as("docs/studies.md: take over what ./membound study %s prints", study.name())
        .isEqualTo(study.run().claims().stream().flatMap(c -> plain(c.print()).lines()).toList());
  }

  private static String plain(String text) {
    return text.replace('\u00a0', ' ');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          kv-wall     | 60 ms over 800     | CORRECTED  | 64 ms
          kv-wall     | 7.5 ms over        | CORRECTED  | 8 ms
          kv-wall     | 1.1 TB of HBM      | REPRODUCED | 1.13 TB
          dsa-traffic | 25.8 MB of indexer | CORRECTED  | 25.8 MB a layer, 1.57 GB a step
          dsa-traffic | real layout        | CORRECTED  | 26.4 MB
          dsa-traffic | 8.1 times          | REPRODUCED | 8.1
          kv-capacity | 327,680            | REPRODUCED | 327,680 B
          kv-capacity | 40 GiB             | REPRODUCED | 40 GiB
          pim-pnm     | 1000 times larger  | CORRECTED  | 512× to 1,024×
          """)
  void claimsGetTheVerdictThatTheirNumbersGive(
      String study, String claim, Verdict verdict, String computed) {
    List<Claim> found =
        Studies.find(study).run().claims().stream()
            .filter(c -> c.statement().contains(claim))
            .toList();
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().verdict()).isEqualTo(verdict);
    assertThat(found.getFirst().computed()).startsWith(computed);
  }

  @Test
  void anUnknownStudyIsRefusedWithTheOnesThereAre() {
    assertThatThrownBy(() -> Studies.find("kv-walls"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no study kv-walls; there are memory-wall, ")
        .hasMessageEndingWith("did you mean 'kv-wall'?");
  }

  @Test
  void theMixOfStacksKeepsTheKvCacheInHbm() {
    DataTable mixes = Studies.find("hbf-capacity").run().tables().get(2);
    assertThat(mixes.rows())
        .allSatisfy(
            row -> {
              double kvGigabytes = ((Number) row.get(0)).doubleValue();
              int hbmStacks = ((Number) row.get(1)).intValue();
              assertThat(kvGigabytes).isLessThanOrEqualTo(48.0 * hbmStacks);
              assertThat(hbmStacks + ((Number) row.get(2)).intValue()).isEqualTo(8);
            });
  }

  @Test
  void lifetimeOfFlashIsInverseToWhatIsWritten() {
    DataTable lifetimes = Studies.find("hbf-endurance").run().tables().getFirst();
    assertThat(lifetimes.rows())
        .allSatisfy(
            row -> {
              double written =
                  1e6 * ((Number) row.get(1)).doubleValue() * ((Number) row.get(2)).doubleValue();
              double years = ((Number) row.get(3)).doubleValue();
              assertThat(written * years * 365.25 * 86_400)
                  .isCloseTo(3 * 512e9 * 1e5, withPercentage(1e-6));
            });
  }

  @Test
  void moreModulesNeverGiveFewerTokens() {
    DataTable systems = Studies.find("pnm-scaling").run().tables().getFirst();
    double before = 0;
    for (int i = 0; i < 6; i++) {
      double now = ((Number) systems.rows().get(i).get(7)).doubleValue();
      assertThat(now).isGreaterThan(before);
      before = now;
    }
  }
}
