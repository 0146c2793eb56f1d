package dev.membound.benchmarks.quality;

import java.util.List;

/** The methods that a sweep compares, in the order of its table. */
final class SelectionMethods {
  static final List<SelectionMethod> ALL =
      List.of(
          new ExactTokens(),
          new TopPTokens(0.9),
          new TopPTokens(0.99),
          new ExactPages(),
          new QuestPages(PageSharing.GROUP),
          new QuestPages(PageSharing.UNION),
          new QuestPages(PageSharing.ALL_HEADS),
          new SnapKvTokens(),
          new HeavyHitterTokens(),
          new StreamingTokens());

  private SelectionMethods() {}
}
