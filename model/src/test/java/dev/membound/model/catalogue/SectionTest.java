package dev.membound.model.catalogue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.membound.model.quantity.Dimension;
import dev.membound.model.quantity.Provenance;
import dev.membound.model.quantity.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SectionTest {
  private static final String SOURCES =
      """
      sources:
        sheet: {kind: datasheet, text: "the sheet"}
      """;

  private static Quantity capacity(String line) {
    Section section = Section.parse("x.yaml", SOURCES + line + "\n");
    Quantity quantity = section.positive("capacity", Dimension.CAPACITY);
    section.finish();
    return quantity;
  }

  @Test
  void quantitiesAreConvertedToSiUnitsWithTheirIntervalAndSource() {
    Quantity q = capacity("capacity_GiB: {value: 2, low: 1, high: 4, source: sheet}");

    assertThat(q)
        .isEqualTo(new Quantity(0x1p31, "B", 0x1p30, 0x1p32, Provenance.DATASHEET, "the sheet"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "capacity_GBps: {value: 2, source: sheet} | line 3: 'capacity_GBps': wrong unit: must be capacity_B|KB",
        "capcity_GB: {value: 2, source: sheet} | missing; did you mean 'capcity_GB'?",
        "capacity_GB: {source: sheet} | line 3: 'capacity_GB.value': missing",
        "capacity_GB: {value: -2, source: sheet} | 'capacity_GB.value': must be positive, not -2",
        "capacity_GB: {value: 0, source: sheet} | must be positive",
        "capacity_GB: {value: two, source: sheet} | must be a number, not 'two'",
        "capacity_GB: {value: '2', source: sheet} | must be a number, not '2'",
        "capacity_GB: {value: .inf, source: sheet} | must be a number",
        "capacity_GB: {value: 2} | needs either 'source'",
        "capacity_GB: {value: 2, source: sheet, assumed: why} | needs either 'source'",
        "capacity_GB: {value: 2, source: shete} | unknown source 'shete'; did you mean 'sheet'?",
        "capacity_GB: {value: 2, low: 3, high: 4, source: sheet} | must lie within its interval",
        "capacity_GB: {value: 2, low: 1, source: sheet} | needs both 'low' and 'high'",
        "capacity_GB: {value: 2, source: sheet, hihg: 3} | unknown key; did you mean 'high'",
        "capacity_GB: {value: 1e30, source: sheet} | absurdly large",
        "capacity_GB: 2 | must be a mapping",
        "capacity_GB: {value: [2], source: sheet} | must be a single value",
        "capacity_GB: {value: , source: sheet} | line 3: 'capacity_GB.value': a value is missing or null",
        "capacity_GB: null | line 3: 'capacity_GB': a value is missing or null",
        "capacity_GB: [{value: null}] | line 3: 'capacity_GB[0].value': a value is missing or null",
      })
  void whatIsWrongIsRefusedNamingFileLineAndKey(String line, String message) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> capacity(line.strip()))
        .withMessageStartingWith("x.yaml line ")
        .withMessageContaining(message.strip().replace("¦", "|"));
  }

  @Test
  void theSameQuantityInTwoUnitsIsRefused() {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(
            () ->
                capacity(
                    "capacity_GB: {value: 2, source: sheet}\ncapacity_GiB: {value: 2, source: sheet}"))
        .withMessageContaining("line 4: 'capacity_GiB': given twice, also as 'capacity_GB'");
  }

  @Test
  void unknownKeysAreRefusedWithTheNearestKnownOne() {
    Section section = Section.parse("x.yaml", "layers: 3\nlayer: 4\n");
    section.count("layers", 100);

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(section::finish)
        .withMessage("x.yaml line 2: 'layer': unknown key; did you mean 'layers'?");
  }

  @Test
  void sourcesBehindNoValueAreRefused() {
    Section section = Section.parse("x.yaml", SOURCES);

    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(section::finish)
        .withMessage("x.yaml line 2: 'sources.sheet': this source stands behind no value");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "a: 1\\na: 2 | not valid YAML",
        "a: [1 | not valid YAML: while parsing a flow sequence, expected ',' or ']'",
        "- 1 | must be a YAML mapping",
        "'' | must be a YAML mapping",
        "a: 1\\n---\\nb: 2 | more than one YAML document",
      })
  void whatIsNoMappingIsRefused(String yaml, String message) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> Section.parse("x.yaml", yaml.replace("\\n", "\n")))
        .withMessageStartingWith("x.yaml")
        .withMessageContaining(message)
        .satisfies(e -> assertThat(e.getMessage().lines()).hasSize(1));
  }

  @ParameterizedTest
  @CsvSource({"0", "-1", "1.5", "1001", "2147483648", "'\"3\"'", "true"})
  void countsAreWholeAndPositive(String text) {
    assertThatExceptionOfType(CatalogueException.class)
        .isThrownBy(() -> Section.parse("x.yaml", "layers: " + text).count("layers", 1000))
        .withMessageContaining("x.yaml line 1: 'layers': must be a whole number from 1 to 1000");
  }
}
