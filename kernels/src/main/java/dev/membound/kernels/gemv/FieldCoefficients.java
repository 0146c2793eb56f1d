package dev.membound.kernels.gemv;

import dev.membound.kernels.matrix.CodeWords;

/** What the fields of {@link CodeWords} are multiplied by: see {@link RingPackedKernel}. */
final class FieldCoefficients {
  private FieldCoefficients() {}

  /** Fills the coefficients of all words: those of a word's fields one after the other. */
  static void fill(CodeWords codeWords, int[] quants, int[] coefficients) {
    int fields = codeWords.fields();
    for (int word = 0; word < coefficients.length / fields; word++) {
      int run = word / codeWords.runWords() * codeWords.runCodes();
      int inRun = word % codeWords.runWords();
      int before = 0;
      for (int field = 0; field < fields; field++) {
        int factor = quants[run + codeWords.code(inRun, field)] << codeWords.codeBit(inRun, field);
        coefficients[word * fields + field] = pair(factor - before);
        before = factor << codeWords.width(field);
      }
    }
  }

  /** A factor in both 16-bit halves of an int: an int broadcasts straight from memory. */
  static int pair(int factor) {
    return (factor & 0xFFFF) * 0x10001;
  }
}
