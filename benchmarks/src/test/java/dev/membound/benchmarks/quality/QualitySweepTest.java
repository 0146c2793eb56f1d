package dev.membound.benchmarks.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.membound.kernels.attention.AttentionShape;
import dev.membound.kernels.attention.KvType;
import dev.membound.model.run.QualityFile.Row;
import java.util.List;
import org.junit.jupiter.api.Test;

class QualitySweepTest {
  private static final AttentionShape SHAPE = new AttentionShape(8, 2, 64);
  private static final int CONTEXT = 1000;
  private static final List<Row> ROWS =
      sweep(List.of(CONTEXT), List.of(16), List.of(64, 128, 256, 512))
          .structured((done, planned) -> {});

  private static QualitySweep sweep(List<Integer> contexts, List<Integer> pages, List<Integer> b) {
    return new QualitySweep(SHAPE, KvType.F32, contexts, pages, b, 7);
  }

  private static List<Row> of(String method) {
    List<Row> rows = ROWS.stream().filter(row -> row.method().equals(method)).toList();
    assertThat(rows).isNotEmpty();
    return rows;
  }

  @Test
  void everyMethodIsJudgedOnceABudget() {
    for (SelectionMethod method : SelectionMethods.ALL) {
      assertThat(of(method.name())).hasSize(method.findsBudget() ? 1 : 4);
    }
  }

  @Test
  void massGrowsWithTheBudgetWhereSetsAreNested() {
    for (String method : List.of("exact tokens", "exact pages", "Quest per group")) {
      assertThat(of(method)).extracting(Row::mass).isSorted();
    }
  }

  @Test
  void massOfTopPReachesP() {
    assertThat(of("top-p 0.9").getFirst().worstMass()).isGreaterThan(0.9 - 1e-4);
    assertThat(of("top-p 0.99").getFirst().worstMass()).isGreaterThan(0.99 - 1e-4);
  }

  @Test
  void methodsKeepTheirBudgetExceptUnions() {
    for (Row row : ROWS) {
      if (row.budgetTokens() > 0 && !row.method().contains("union")) {
        assertThat(row.keptTokens()).as(row.toString()).isLessThanOrEqualTo(row.budgetTokens());
      }
      assertThat(row.recall()).isBetween(0.0, 1.0);
      assertThat(row.mass()).isBetween(row.worstMass(), 1 + 1e-5);
      assertThat(row.worstRelativeL2()).isGreaterThanOrEqualTo(row.relativeL2());
    }
  }

  @Test
  void aUnionKeepsMoreAndLosesLess() {
    for (int i = 0; i < 4; i++) {
      Row group = of("Quest per group").get(i);
      Row union = of("Quest per head, union").get(i);
      assertThat(union.keptTokens()).isGreaterThanOrEqualTo(group.keptTokens() - 16);
      assertThat(union.mass()).isGreaterThan(group.mass() - 0.01);
    }
  }

  @Test
  void bytesAreThoseOfTheFormulas() {
    long token = 2 * 64 * 4;
    Row streaming = of("StreamingLLM").getFirst();
    assertThat(streaming.readBytes()).isEqualTo(2 * 64 * token);
    Row exact = of("exact tokens").getFirst();
    assertThat(exact.readBytes()).isEqualTo(2L * CONTEXT * 64 * 4 + 2 * 64 * token);
    Row quest = of("Quest per group").get(1);
    long bounds = 2L * 2 * 63 * 64 * 4;
    assertThat(quest.readBytes()).isEqualTo(bounds + Math.round(quest.keptTokens() * 2) * token);
    assertThat(quest.denseBytes()).isEqualTo(CONTEXT * 2L * token);
  }

  @Test
  void theQuestionIsSeenBySnapKvAndMissedByStreaming() {
    Row snap = of("SnapKV").get(1);
    Row streaming = of("StreamingLLM").get(1);
    assertThat(snap.mass()).isGreaterThan(streaming.mass());
  }

  @Test
  void sameSeedSameJudgement() {
    List<Row> again =
        sweep(List.of(CONTEXT), List.of(16), List.of(64, 128, 256, 512))
            .structured((done, planned) -> {});
    for (int i = 0; i < ROWS.size(); i++) {
      assertThat(again.get(i).relativeL2()).isEqualTo(ROWS.get(i).relativeL2());
      assertThat(again.get(i).mass()).isEqualTo(ROWS.get(i).mass());
      assertThat(again.get(i).recall()).isEqualTo(ROWS.get(i).recall());
    }
  }

  @Test
  void impossibleSizesAreRefused() {
    assertThatThrownBy(() -> sweep(List.of(1), List.of(16), List.of(64)))
        .hasMessage("a context of 1 tokens; it must be at least 2");
    assertThatThrownBy(() -> sweep(List.of(100), List.of(16), List.of(1)))
        .hasMessage("a budget of 1 tokens; it must be at least 2");
    assertThatThrownBy(() -> sweep(List.of(100), List.of(), List.of(64)))
        .hasMessage("no page to sweep");
  }
}
