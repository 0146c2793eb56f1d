package dev.membound.model.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Percentage.withPercentage;

import dev.membound.model.table.DataTable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /** A claim whose verdict changes must change in claims.txt too. */
  @Test
  void everyClaimHasTheVerdictAndTheNumberOnRecord() throws IOException {
    List<String> claims = new ArrayList<>();
    for (Study study : Studies.ALL) {
      for (Claim claim : study.run().claims()) {
        claims.add(
            String.join(
                    " | ",
                    study.name(),
                    claim.verdict().label(),
                    claim.computed(),
                    claim.statement())
                .replace('\u00a0', ' '));
      }
    }
    try (InputStream recorded = StudiesTest.class.getResourceAsStream("claims.txt")) {
      assertThat(claims)
          .containsExactlyElementsOf(
              new String(recorded.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
    }
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

  /** What docs/studies.md prints is what {@code ./membound study all} prints. */
  @Test
  void theDocumentationHasEveryClaimWithItsReason() throws IOException {
    String guide = plain(Files.readString(Path.of("..", "docs", "studies.md")));
    for (Study study : Studies.ALL) {
      for (Claim claim : study.run().claims()) {
        assertThat(guide)
            .as(study.name())
            .contains(
                plain(
                    claim.statement()
                        + ": published "
                        + claim.published()
                        + ", here "
                        + claim.computed()),
                plain(claim.because() + " (" + claim.source() + ")"));
      }
    }
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
