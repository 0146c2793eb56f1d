package dev.membound.model.published.validate;

import dev.membound.model.published.CsvRecord;
import dev.membound.model.published.validate.PublishedPrediction.Basis;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The predictions of {@link PublishedValidation} as they were recorded: {@code predictions.csv},
 * the output of {@code ./membound validate --published --csv}. A test holds them to what is
 * predicted now, so readers need not predict anew, which takes seconds.
 */
public final class FrozenPredictions {
  private static final String FILE = "predictions.csv";

  private FrozenPredictions() {}

  /** All rows in the order of {@link PublishedValidation#predictions}. */
  public static List<PublishedPrediction> load() {
    List<CsvRecord> records = CsvRecord.parse(FILE, text());
    List<String> header = records.getFirst().fields();
    return records.subList(1, records.size()).stream()
        .map(record -> prediction(header, record.fields()))
        .toList();
  }

  private static PublishedPrediction prediction(List<String> header, List<String> cells) {
    return new PublishedPrediction(
        cells.get(header.indexOf("row")),
        cells.get(header.indexOf("source")),
        cells.get(header.indexOf("group")),
        cells.get(header.indexOf("case")),
        cells.get(header.indexOf("unit")),
        number(header, cells, "published"),
        number(header, cells, "predicted"),
        number(header, cells, "low"),
        number(header, cells, "high"),
        basis(cells.get(header.indexOf("basis"))),
        cells.get(header.indexOf("bound")));
  }

  private static double number(List<String> header, List<String> cells, String column) {
    return Double.parseDouble(cells.get(header.indexOf(column)));
  }

  private static Basis basis(String text) {
    return Arrays.stream(Basis.values())
        .filter(basis -> basis.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException(FILE + ": no basis " + text));
  }

  private static String text() {
    try (InputStream file = FrozenPredictions.class.getResourceAsStream(FILE)) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
