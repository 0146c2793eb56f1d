package dev.membound.model.published.validate;

import dev.membound.model.published.PublishedResults;
import dev.membound.model.published.PublishedSource;
import dev.membound.model.published.Uncovered;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All published results: predicted, or with the reason why they are not.
 *
 * @param predictions in the order of kernels, latencies, throughputs, power, layers, products
 * @param uncovered rows without a prediction
 * @param sources by key
 */
public record PublishedValidation(
    List<PublishedPrediction> predictions,
    List<Uncovered> uncovered,
    Map<String, PublishedSource> sources) {

  /** Predicts the collection; takes seconds, and gives the same result bit for bit. */
  public static PublishedValidation run() {
    PublishedResults results = PublishedResults.load();
    List<PublishedPrediction> predictions = new ArrayList<>();
    List<Uncovered> uncovered = new ArrayList<>();
    KernelPredictions.of(results.timings().kernels(), predictions, uncovered);
    List<PublishedPrediction> catalogue = new ArrayList<>();
    LayerPredictions.of(results.layers(), catalogue, uncovered);
    catalogue.addAll(ProductPredictions.of(results.products()));
    GroupErrors alone = new GroupErrors();
    catalogue.forEach(
        row -> alone.add(row.group(), StrictMath.log(row.published() / row.predicted())));
    ServingPredictions serving =
        new ServingPredictions(results.timings().serving(), results.throughputs(), alone);
    predictions.addAll(serving.latencies());
    predictions.addAll(serving.throughputs());
    serving.powers(results.powers(), predictions, uncovered);
    GroupErrors unseen = alone.with(serving.notSeen());
    catalogue.forEach(row -> predictions.add(row.widenedTo(unseen.without(row.group()))));
    uncovered.addAll(results.uncovered());
    return new PublishedValidation(
        List.copyOf(predictions), List.copyOf(uncovered), results.sources());
  }

  /** Predictions by group, in order of appearance. */
  public Map<String, List<PublishedPrediction>> groups() {
    Map<String, List<PublishedPrediction>> groups = new LinkedHashMap<>();
    for (PublishedPrediction row : predictions) {
      groups.computeIfAbsent(row.group(), key -> new ArrayList<>()).add(row);
    }
    return groups;
  }

  /** Rows without a prediction by the reason for it, in order of appearance. */
  public Map<String, List<Uncovered>> uncoveredByReason() {
    Map<String, List<Uncovered>> reasons = new LinkedHashMap<>();
    for (Uncovered row : uncovered) {
      reasons.computeIfAbsent(row.reason(), key -> new ArrayList<>()).add(row);
    }
    return reasons;
  }

  /** One summary a group, in order of appearance. */
  public List<GroupSummary> summaries() {
    return groups().entrySet().stream()
        .map(entry -> GroupSummary.of(entry.getKey(), entry.getValue()))
        .toList();
  }

  /** One summary a basis: what the predictions had seen. */
  public List<GroupSummary> summariesByBasis() {
    List<GroupSummary> summaries = new ArrayList<>();
    for (PublishedPrediction.Basis basis : PublishedPrediction.Basis.values()) {
      List<PublishedPrediction> rows =
          predictions.stream().filter(row -> row.basis() == basis).toList();
      if (!rows.isEmpty()) {
        summaries.add(GroupSummary.of("all: " + basis, rows));
      }
    }
    return summaries;
  }
}
