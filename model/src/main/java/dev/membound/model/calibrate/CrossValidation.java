package dev.membound.model.calibrate;

import dev.membound.model.run.MeasurementFile;
import dev.membound.model.run.Residency;
import dev.membound.model.run.RunFolder;
import dev.membound.model.run.RunFolderException;
import dev.membound.model.run.ValidationFile;
import dev.membound.model.statistics.Quantiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Predicts kernel measurements from fits that never saw them. The probes (read, chunk, latency,
 * FMA, empty call) are inputs of every prediction, and so is the read bandwidth recorded beside the
 * held-out samples; their seconds are not. Each fold refits everything from cold starts without its
 * rows.
 *
 * <p>Kinds of folds:
 *
 * <ul>
 *   <li>{@code kernel}: all rows of one {@code kernel/format/layout}. Nothing of it was seen; its
 *       efficiency is guessed from its relatives (see {@link KernelPredictor}).
 *   <li>{@code kernel-dram}: its rows in DRAM, when rows in a cache remain to calibrate on.
 *   <li>{@code size}: all rows of one shape of one family; predicted are those whose {@code
 *       kernel/format/layout} remains at another shape.
 * </ul>
 *
 * <p>Intervals: each row's |log(measured/predicted)| over the uncertainty that its own fold stated
 * is a score; the interval of a row takes the 90 % quantile of the scores of the <em>other</em>
 * folds of its kind, so no residual of a row, nor of a row held out with it, enters its interval
 * (CV+ of Barber, Candès, Ramdas and Tibshirani, "Predictive inference with the jackknife+", Annals
 * of Statistics 2021, with normalised scores).
 */
public final class CrossValidation {
  /** Name of the summary over the rows of all kinds. */
  public static final String ALL = "all";

  private static final double LEVEL = 0.9;

  /** Fewer scores than this in the other folds of a kind: those of all kinds are used. */
  private static final int LEAST_SCORES = 9;

  /** Score quantile where even those are too few; twice that of a normal distribution. */
  private static final double CAUTIOUS_QUANTILE = 3.3;

  private record Fold(String kind, String heldOut, Predicate<KernelRow> holdsOut) {}

  private record HeldOutRow(Fold fold, KernelRow row, KernelPredictor.Prediction prediction) {
    double logError() {
      return StrictMath.log(row.measuredSeconds() / prediction.seconds());
    }

    double score() {
      return Math.abs(logError()) / prediction.logSigma();
    }
  }

  private CrossValidation() {}

  /**
   * Holds out, refits and predicts.
   *
   * @param file refused measurements are left out
   * @return rows in the order of kinds, folds and measurements; a summary for each kind that has
   *     rows and one over all
   * @throws RunFolderException as {@link Calibrator#fit}
   */
  public static ValidationFile of(MeasurementFile file) {
    List<KernelRow> rows = Calibrator.rows(file);
    List<HeldOutRow> heldOut = new ArrayList<>();
    for (Fold fold : folds(rows)) {
      heldOut.addAll(predict(fold, rows));
    }
    List<ValidationFile.Row> results = heldOut.stream().map(r -> result(r, heldOut)).toList();
    return new ValidationFile(RunFolder.SCHEMA_VERSION, file.runId(), results, summaries(results));
  }

  private static List<Fold> folds(List<KernelRow> rows) {
    List<Fold> folds = new ArrayList<>();
    for (String variant : distinct(rows, KernelRow::variant)) {
      folds.add(new Fold("kernel", "kernel: " + variant, r -> r.variant().equals(variant)));
    }
    for (String variant : distinct(rows, KernelRow::variant)) {
      folds.add(
          new Fold(
              "kernel-dram",
              "kernel-dram: " + variant,
              r -> r.variant().equals(variant) && r.residency() == Residency.DRAM));
    }
    for (String size : distinct(rows, KernelRow::size)) {
      folds.add(new Fold("size", "size: " + size, r -> r.size().equals(size)));
    }
    return folds;
  }

  private static Set<String> distinct(List<KernelRow> rows, Function<KernelRow, String> key) {
    Set<String> keys = new LinkedHashSet<>();
    rows.forEach(row -> keys.add(key.apply(row)));
    return keys;
  }

  private static List<HeldOutRow> predict(Fold fold, List<KernelRow> rows) {
    List<KernelRow> training = rows.stream().filter(fold.holdsOut().negate()).toList();
    boolean unseenIsTheQuestion = fold.kind().equals("kernel");
    Set<String> remaining = distinct(training, KernelRow::variant);
    List<KernelRow> wanted =
        rows.stream()
            .filter(fold.holdsOut())
            .filter(r -> unseenIsTheQuestion || remaining.contains(r.variant()))
            .toList();
    if (training.isEmpty() || wanted.isEmpty()) {
      return List.of();
    }
    KernelPredictor predictor = new KernelPredictor(KernelFit.of(training));
    List<HeldOutRow> predicted = new ArrayList<>();
    for (KernelRow row : wanted) {
      predictor.predict(row).ifPresent(p -> predicted.add(new HeldOutRow(fold, row, p)));
    }
    return predicted;
  }

  private static ValidationFile.Row result(HeldOutRow row, List<HeldOutRow> all) {
    double halfWidth = scoreQuantile(row, all) * row.prediction.logSigma();
    double predicted = row.prediction.seconds();
    double measured = row.row.measuredSeconds();
    return new ValidationFile.Row(
        row.fold.heldOut,
        row.fold.kind,
        row.row.id(),
        measured,
        predicted,
        predicted * StrictMath.exp(-halfWidth),
        predicted * StrictMath.exp(halfWidth),
        100 * (predicted / measured - 1));
  }

  private static double scoreQuantile(HeldOutRow row, List<HeldOutRow> all) {
    double[] scores = scores(all, o -> o.fold.kind.equals(row.fold.kind) && o.fold != row.fold);
    if (scores.length < LEAST_SCORES) {
      // A row of the same measurement under another kind is the same seconds again.
      Set<String> heldOutTogether = new LinkedHashSet<>();
      all.stream().filter(o -> o.fold == row.fold).forEach(o -> heldOutTogether.add(o.row.id()));
      scores = scores(all, o -> !heldOutTogether.contains(o.row.id()));
    }
    if (scores.length < LEAST_SCORES) {
      return CAUTIOUS_QUANTILE;
    }
    Arrays.sort(scores);
    int rank = (int) Math.ceil(LEVEL * (scores.length + 1));
    return scores[Math.min(rank, scores.length) - 1];
  }

  private static double[] scores(List<HeldOutRow> all, Predicate<HeldOutRow> counts) {
    return all.stream().filter(counts).mapToDouble(HeldOutRow::score).toArray();
  }

  private static List<ValidationFile.Summary> summaries(List<ValidationFile.Row> rows) {
    Map<String, List<ValidationFile.Row>> byKind = new LinkedHashMap<>();
    for (ValidationFile.Row row : rows) {
      byKind.computeIfAbsent(row.kind(), kind -> new ArrayList<>()).add(row);
    }
    if (!rows.isEmpty()) {
      byKind.put(ALL, rows);
    }
    List<ValidationFile.Summary> summaries = new ArrayList<>();
    byKind.forEach((kind, of) -> summaries.add(summary(kind, of)));
    return summaries;
  }

  private static ValidationFile.Summary summary(String kind, List<ValidationFile.Row> rows) {
    double[] signed = rows.stream().mapToDouble(ValidationFile.Row::signedErrorPercent).toArray();
    double[] absolute = Arrays.stream(signed).map(Math::abs).toArray();
    long covered = rows.stream().filter(ValidationFile.Row::covers).count();
    return new ValidationFile.Summary(
        kind,
        rows.size(),
        Quantiles.median(absolute),
        Arrays.stream(absolute).average().orElseThrow(),
        Quantiles.of(absolute, 1),
        Arrays.stream(signed).average().orElseThrow(),
        100.0 * covered / rows.size());
  }
}
