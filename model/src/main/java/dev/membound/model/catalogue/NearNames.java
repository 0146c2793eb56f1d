package dev.membound.model.catalogue;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Suggests what a misspelt name may have meant. */
public final class NearNames {
  private static final int MOST_SUGGESTIONS = 3;

  private NearNames() {}

  /**
   * A sentence part such as {@code "; did you mean 'layers'?"}, or an empty string when nothing is
   * near. Near is an edit distance below half the longer name, or one name inside the other.
   */
  public static String suggestion(String name, Collection<String> known) {
    List<String> near =
        known.stream()
            .filter(candidate -> isNear(name, candidate))
            .sorted(
                Comparator.comparingInt((String candidate) -> distance(name, candidate))
                    .thenComparing(Comparator.naturalOrder()))
            .limit(MOST_SUGGESTIONS)
            .toList();
    return near.isEmpty() ? "" : "; did you mean '" + String.join("' or '", near) + "'?";
  }

  static boolean isNear(String name, String candidate) {
    String a = name.toLowerCase(Locale.ROOT);
    String b = candidate.toLowerCase(Locale.ROOT);
    boolean contains = Math.min(a.length(), b.length()) >= 3 && (a.contains(b) || b.contains(a));
    return contains || distance(a, b) * 20 <= Math.max(a.length(), b.length()) * 9;
  }

  /** Edits, a swap of neighbours being one (optimal string alignment), ignoring case. */
  static int distance(String left, String right) {
    String a = left.toLowerCase(Locale.ROOT);
    String b = right.toLowerCase(Locale.ROOT);
    int[][] edits = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          edits[i][j] = i + j;
          continue;
        }
        int replace = edits[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        edits[i][j] = Math.min(replace, Math.min(edits[i - 1][j], edits[i][j - 1]) + 1);
        boolean swapped =
            i > 1
                && j > 1
                && a.charAt(i - 1) == b.charAt(j - 2)
                && a.charAt(i - 2) == b.charAt(j - 1);
        if (swapped) {
          edits[i][j] = Math.min(edits[i][j], edits[i - 2][j - 2] + 1);
        }
      }
    }
    return edits[a.length()][b.length()];
  }
}
