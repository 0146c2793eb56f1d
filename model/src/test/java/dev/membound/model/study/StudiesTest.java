package dev.membound.model.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
        .hasMessageContaining("no study kv-walls; there are memory-wall, ");
  }
}
