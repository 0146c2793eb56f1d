package dev.membound.kernels.gemv;

import static dev.membound.kernels.provider.Species.INT;

import dev.membound.kernels.matrix.CodeWords;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * What the fields of 16-bit words are multiplied by, see {@link RingPackedKernel}: a quant times a
 * power of two, less the quant of the field below times another. Which ones repeats every {@value
 * #STEP} columns.
 */
final class FieldCoefficients {
  /** A multiple of every run of codes, and the quants of a full vector of 512 bits. */
  private static final int STEP = 16;

  private static final int LEVEL_FIELDS = 4;
  private static final int LOWER = 0xFFFF;

  private final int[] columns;
  private final int[] factors;
  private final int[] columnsBelow;
  private final int[] factorsBelow;

  private FieldCoefficients(int count) {
    columns = new int[count];
    factors = new int[count];
    columnsBelow = new int[count];
    factorsBelow = new int[count];
  }

  /** For words of codes: those of a word's fields one after the other. */
  static FieldCoefficients of(CodeWords codeWords) {
    int fields = codeWords.fields();
    int words = STEP / codeWords.runCodes() * codeWords.runWords();
    FieldCoefficients result = new FieldCoefficients(words * fields);
    for (int word = 0; word < words; word++) {
      int run = word / codeWords.runWords() * codeWords.runCodes();
      int inRun = word % codeWords.runWords();
      for (int field = 0; field < fields; field++) {
        int i = word * fields + field;
        int code = run + codeWords.code(inRun, field);
        result.set(i, code, 1 << codeWords.codeBit(inRun, field));
        if (field > 0) {
          result.setBelow(
              i, result.columns[i - 1], result.factors[i - 1] << codeWords.width(field - 1));
        }
      }
    }
    return result;
  }

  /**
   * For the four levels of a word's codes: permutations leave those of codes 0 and 2 in one word,
   * of 1 and 3 in another, one in each byte.
   */
  static FieldCoefficients ofLevels() {
    FieldCoefficients result = new FieldCoefficients(STEP);
    for (int i = 0; i < STEP; i++) {
      result.set(i, i, 1);
      if (i % LEVEL_FIELDS >= 2) {
        result.setBelow(i, i - 2, 1 << Byte.SIZE);
      }
    }
    return result;
  }

  private void set(int i, int column, int factor) {
    columns[i] = column;
    factors[i] = factor;
  }

  private void setBelow(int i, int column, int factor) {
    columnsBelow[i] = column;
    factorsBelow[i] = factor;
  }

  /** Coefficients of that many columns: a multiple of 16. */
  int count(int cols) {
    return cols / STEP * columns.length;
  }

  /** Fills the coefficients of all words. */
  void fill(int[] quants, int[] coefficients) {
    int to = 0;
    for (int from = 0; from < quants.length; from += STEP) {
      if (INT.length() == STEP) {
        fillVector(quants, from, 0, coefficients, to);
        if (columns.length > STEP) { // The rest, with some of the first: no lane to leave out.
          fillVector(quants, from, columns.length - STEP, coefficients, to);
        }
      } else {
        for (int i = 0; i < columns.length; i++) {
          int below = quants[from + columnsBelow[i]] * factorsBelow[i];
          coefficients[to + i] = pair(quants[from + columns[i]] * factors[i] - below);
        }
      }
      to += columns.length;
    }
  }

  private void fillVector(int[] quants, int from, int first, int[] coefficients, int to) {
    IntVector step = IntVector.fromArray(INT, quants, from);
    IntVector below =
        IntVector.fromArray(INT, columnsBelow, first)
            .selectFrom(step)
            .mul(IntVector.fromArray(INT, factorsBelow, first));
    IntVector factor =
        IntVector.fromArray(INT, columns, first)
            .selectFrom(step)
            .mul(IntVector.fromArray(INT, factors, first))
            .sub(below);
    factor
        .and(LOWER)
        .or(factor.lanewise(VectorOperators.LSHL, Short.SIZE))
        .intoArray(coefficients, to + first);
  }

  /** A factor in both 16-bit halves of an int: an int broadcasts straight from memory. */
  static int pair(int factor) {
    return (factor & LOWER) * 0x10001;
  }
}
