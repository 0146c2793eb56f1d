package dev.membound.model.table;

import static dev.membound.model.table.DataTable.row;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class TableViewsTest {
  private final DataTable table =
      new DataTable(
          "Kernels",
          List.of(
              Column.text("kernel"), Column.number("rate", "GB/s"), Column.bytes("working set")),
          List.of(
              row("gemv \"Q8_0\", packed", 28.456789, 65536L), row("=SUM(A1)", null, 3L << 30)));

  @Test
  void terminalTextIsAlignedNumbersRight() {
    assertThat(TextTable.lines(table, 100, Glyphs.ASCII))
        .containsExactly(
            "kernel               rate (GB/s)  working set",
            "---------------------------------------------",
            "gemv \"Q8_0\", packed         28.5       64 KiB",
            "=SUM(A1)                       -        3 GiB");
  }

  @Test
  void onlyTextGoesOnInFurtherLinesWhereTheWidthIsTooLittle() {
    assertThat(TextTable.lines(table, 37, Glyphs.ASCII))
        .containsExactly(
            "kernel       rate (GB/s)  working set",
            "-------------------------------------",
            "gemv                28.5       64 KiB",
            "\"Q8_0\",",
            "packed",
            "=SUM(A1)               -        3 GiB");
  }

  @Test
  void aListingHasALineForEachRowAndMarksWhatItCuts() {
    List<String> lines = TextTable.listing(table, 37, Glyphs.ASCII);
    assertThat(lines).hasSize(4).allMatch(line -> line.length() <= 37);
    assertThat(lines.get(2)).isEqualTo("gemv \"Q8_0~         28.5       64 KiB");
  }

  @Test
  void anIdBreaksBetweenItsPartsAndIsThereInFull() {
    String id = "attention/F16/PAGED/blockSize=16,context=32768/b1/t1/DRAM";
    DataTable ids =
        new DataTable(
            "Ids", List.of(Column.text("id"), Column.count("forks")), List.of(row(id, 2)));

    List<String> lines = TextTable.lines(ids, 30, Glyphs.ASCII);

    assertThat(lines)
        .containsExactly(
            "id                       forks",
            "------------------------------",
            "attention/F16/PAGED/         2",
            "blockSize=16,",
            "context=32768/b1/t1/",
            "DRAM");
  }

  @Test
  void textWithoutAPlaceToBreakBreaksAnywhere() {
    assertThat(TextWrap.lines("abcdefgh", 3)).containsExactly("abc", "def", "gh");
    assertThat(TextWrap.lines("ab cd", 2)).containsExactly("ab", "cd");
    assertThat(TextWrap.lines("", 3)).containsExactly("");
  }

  @Test
  void csvKeepsFullPrecisionAndDefusesFormulas() {
    assertThat(CsvTable.render(table))
        .isEqualTo(
            "kernel,rate (GB/s),working set (B)\r\n"
                + "\"gemv \"\"Q8_0\"\", packed\",28.456789,65536\r\n"
                + "'=SUM(A1),,3221225472\r\n");
  }

  @Test
  void aRowOfAnotherWidthIsRefused() {
    assertThatThrownBy(() -> new DataTable("T", List.of(Column.text("a")), List.of(row("x", "y"))))
        .hasMessage("T: a row has 2 cells for 1 columns");
  }

  @Test
  void textInANumericColumnIsRefused() {
    assertThatThrownBy(() -> new DataTable("T", List.of(Column.count("n")), List.of(row("x"))))
        .hasMessage("T: column n takes numbers, not x");
  }
}
